"""`baton plan ENV [RELEASE]`: what a promotion would plan, and what its gates say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from codegen.errors import BatonError, GateRefusedError
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from pipeline.promotion.preview import Preview


@click.command()
@click.argument("environment")
@click.argument("release", required=False)
@click.option("--force-plan", is_flag=True, help="Plan even where nothing can have changed.")
@click.option(
    "--allow-destroy",
    metavar="ADDRESS",
    multiple=True,
    help="A resource with data that the plan may destroy or replace; as often as needed.",
)
@click.option(
    "--markdown",
    metavar="FILE",
    type=click.File("w", encoding="utf-8", lazy=True),
    help="Write it as a section of a comment too; - is stdout.",
)
@click.option("--json", "as_json", is_flag=True, help="The plan's digest, units and gates.")
def command(environment: str, markdown: Any, as_json: bool, **asked: Any) -> int:
    """Plan what promoting RELEASE to ENVIRONMENT would change; change nothing.

    RELEASE is an id or its first digits, of any release that is here or was promoted there: what
    would keep it from being promoted is said. Without it, it is the one that promote would take.
    Names are shown, and never values. Exit code 4 says that a gate refuses.
    """
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    below = checkout.environment(settings.promoted_from) if settings.promoted_from else None
    target.activate()

    from pipeline.promotion import plan_report
    from pipeline.promotion.preview import Preview, preview
    from pipeline.promotion.promotion import Options
    from pipeline.runs.console import Progress, write_json

    to_stdout = as_json or getattr(markdown, "name", "") == "-"
    progress = Progress(f"plan {environment}", quiet=to_stdout)
    run = Preview(
        checkout=checkout,
        target=target,
        environment=settings,
        below=below,
        options=Options(dry_run=True, **asked),
        say=progress.say,
        confirm=None,
    )
    preview(run, progress)
    if markdown is not None:
        _write(markdown, plan_report.markdown(run))
    if as_json:
        write_json(plan_report.document(run))
    elif not to_stdout:
        _tell(run)
    return GateRefusedError.exit_code if run.refused else 0


def _write(file: Any, text: str) -> None:
    try:
        file.write(text)
    except OSError as error:
        raise BatonError(f"{file.name} cannot be written: {error.strerror}") from error


def _tell(run: Preview) -> None:
    """The units and their changes as data; what a gate refuses and what comes next as talk."""
    from pipeline.promotion.plan_report import COLUMNS, COLUMNS_OF_CHANGES, changes, rows
    from pipeline.promotion.plans import digest
    from pipeline.release.manifest import short
    from pipeline.runs.console import print_table, say

    if run.plans:
        print_table(COLUMNS, rows(run.plans))
    if found := changes(run.plans):
        print_table(COLUMNS_OF_CHANGES, found)
    for result in run.refused:  # what passed has had its line
        say(f"gate {result.name} refused: {result}")
        if result.remedy:
            say(f"  next: {result.remedy}")
    if run.not_yet:
        say(f"not to be promoted to {run.environment.name} yet: {run.not_yet}")
    elif run.done:
        say(f"nothing to promote: release {short(run.release.id)} is verified there already")
    elif not run.refused:
        expected = f" --expect-plan {digest(run.plans)}" if run.plans else ""
        say(f"next: ./baton promote {run.environment.name} {short(run.release.id)}{expected}")
