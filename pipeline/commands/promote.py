"""`baton promote ENV [RELEASE]`: a release to an environment, through every gate."""

from __future__ import annotations

import sys

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command(short_help="Take a release to an environment, through every gate.")
@click.argument("environment")
@click.argument("release", required=False)
@click.option("--yes", is_flag=True, help="Approve without asking; the record says so.")
@click.option("--plan", is_flag=True, help="Plan even where nothing can have changed.")
@click.option(
    "--allow-destroy",
    metavar="ADDRESS",
    multiple=True,
    help="A resource with data that the plan may destroy or replace; as often as needed.",
)
@click.option("--at-once", is_flag=True, help="No canary this time.")
@click.option("--json", "as_json", is_flag=True, help="The promotion record as JSON.")
def command(
    environment: str,
    release: str | None,
    yes: bool,
    plan: bool,
    allow_destroy: tuple[str, ...],
    at_once: bool,
    as_json: bool,
) -> None:
    """Promote RELEASE to ENVIRONMENT.

    RELEASE is an id or its first digits. Without it, the first environment gets the release last
    built here, any other the one last verified in the environment below. A run that died is simply
    run again.
    """
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    below = checkout.environment(settings.promoted_from) if settings.promoted_from else None
    target.activate()

    from pipeline.console import Progress, write_json
    from pipeline.promotion.promotion import Options, Promotion
    from pipeline.promotion.steps import promote

    progress = Progress(f"promote {environment}", quiet=as_json)
    run = Promotion(
        checkout=checkout,
        target=target,
        environment=settings,
        below=below,
        options=Options(
            release=release,
            approved=yes,
            force_plan=plan,
            allow_destroy=allow_destroy,
            at_once=at_once,
        ),
        say=progress.say,
        confirm=progress.ask if sys.stdin.isatty() and not as_json else None,
    )
    record = promote(run, progress)
    if as_json:
        write_json(record.model_dump())
