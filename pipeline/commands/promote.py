"""`baton promote ENV [RELEASE]`: a release to an environment, through every gate."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command()
@click.argument("environment")
@click.argument("release", required=False)
@click.option("--yes", "approved", is_flag=True, help="Approve without asking; the record says so.")
@click.option("--force-plan", is_flag=True, help="Plan even where nothing can have changed.")
@click.option(
    "--expect-plan",
    metavar="DIGEST",
    help="Refuse any other plan than this one, which was approved elsewhere.",
)
@click.option(
    "--allow-destroy",
    metavar="ADDRESS",
    multiple=True,
    help="A resource with data that the plan may destroy or replace; as often as needed.",
)
@click.option("--at-once", is_flag=True, help="No canary this time.")
@click.option("--dry-run", is_flag=True, help="Plan and check, and say what the rest would do.")
@click.option(
    "--json", "as_json", is_flag=True, help="The record as JSON, or what a dry run would do."
)
def command(environment: str, as_json: bool, **asked: Any) -> None:
    """Promote RELEASE to ENVIRONMENT.

    RELEASE is an id or its first digits. Without it, the first environment gets the release last
    built here, any other the one last verified in the environment below. Where it does not work,
    the application of before is put back. A run that died is simply run again.
    """
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    below = checkout.environment(settings.promoted_from) if settings.promoted_from else None
    target.activate()

    from pipeline.deployed.api_address import OUTPUT
    from pipeline.promotion.promote import STEPS, promote
    from pipeline.promotion.promotion import Options, Promotion
    from pipeline.promotion.running import rehearse
    from pipeline.runs.console import Progress, show, write_json

    progress = Progress(f"promote {environment}", quiet=as_json)
    run = Promotion(
        checkout=checkout,
        target=target,
        environment=settings,
        below=below,
        options=Options(**asked),
        say=progress.say,
        confirm=progress.ask if sys.stdin.isatty() and not as_json else None,
    )
    if run.options.dry_run:
        done = rehearse(STEPS, run, progress)
    else:
        done = promote(run, progress).model_dump()
    if as_json:
        write_json(done)
    elif not run.options.dry_run and (address := run.stack.outputs.get(OUTPUT)):
        show(f"{environment}: {address}")
