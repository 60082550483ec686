"""`baton rollback ENV [RELEASE]`: an earlier release's application runs again."""

from __future__ import annotations

import sys

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command()
@click.argument("environment")
@click.argument("release", required=False)
@click.option("--yes", is_flag=True, help="Approve without asking; the record says so.")
@click.option("--dry-run", is_flag=True, help="Check, and say what the rest would do.")
@click.option(
    "--json", "as_json", is_flag=True, help="The record as JSON, or what a dry run would do."
)
def command(environment: str, release: str | None, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Put the application of RELEASE back in ENVIRONMENT, at once and without a canary.

    RELEASE is an id or its first digits, and was verified there before. Without it, it is the one
    verified last besides the newest. The infrastructure stays as it is. What is taken out goes no
    further, until it is promoted and verified here again. A run that died is simply run again.
    """
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    target.activate()

    from pipeline.deployed.api_address import OUTPUT
    from pipeline.promotion.promotion import Options, Promotion
    from pipeline.promotion.rollback import STEPS, roll_back
    from pipeline.promotion.running import rehearse
    from pipeline.runs.console import Progress, show, write_json

    progress = Progress(f"rollback {environment}", quiet=as_json)
    run = Promotion(
        checkout=checkout,
        target=target,
        environment=settings,
        below=None,
        options=Options(release=release, approved=yes, at_once=True, dry_run=dry_run),
        say=progress.say,
        confirm=progress.ask if sys.stdin.isatty() and not as_json else None,
        kind="rollback",
    )
    done = rehearse(STEPS, run, progress) if dry_run else roll_back(run, progress).model_dump()
    if as_json:
        write_json(done)
    elif not run.options.dry_run and (address := run.stack.outputs.get(OUTPUT)):
        show(f"{environment}: {address}")
