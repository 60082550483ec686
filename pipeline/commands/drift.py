"""`baton drift ENV`: where an environment is no longer what its last promotion verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.inspect.drift.accepted import Judged
    from pipeline.inspect.drift.findings import Finding
    from pipeline.inspect.drift.reading import Drift

DRIFTED = 3


@click.command()
@click.argument("environment")
@click.option("--no-units", is_flag=True, help="Do not plan the units: seconds, not minutes.")
@click.option("--json", "as_json", is_flag=True, help="The findings as a list.")
def command(environment: str, no_units: bool, as_json: bool) -> int:
    """Compare ENVIRONMENT with what its last verified promotion left behind; change nothing.

    The units: what a plan of the release that was applied last would change; a newer release's
    changes are pending, and no drift. The stack: its template and parameters, each function's
    version behind the alias, its $LATEST; and what the states would give now.

    What policies/accepted-drift.yaml accepts is told apart. Exit code 3 says that something else
    has drifted, 1 that it cannot be told.
    """
    from pipeline.inspect.drift.reading import read_drift
    from pipeline.runs.console import write_json

    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    target.activate()
    drift = read_drift(checkout, target, settings, with_units=not no_units)
    judged = drift.judged
    if as_json:
        write_json(
            [
                *(finding.as_json() | {"accepted": None} for finding in judged.open),
                *(
                    finding.as_json() | {"accepted": by.model_dump(mode="json")}
                    for finding, by in judged.accepted
                ),
            ]
        )
    else:
        _tell(drift)
        _tell_what_to_do(judged.open, environment, local=target.name == "local")
        _tell_of_acceptances(judged)
    return DRIFTED if judged.open else 0


def _tell(drift: Drift) -> None:
    from pipeline.inspect.drift.findings import COLUMNS
    from pipeline.release.manifest import short
    from pipeline.runs.console import print_table, say

    verified, last, found = drift.verified, drift.last, drift.judged.open
    what = f"{verified.environment}: release {short(verified.release)}, promotion {verified.number}"
    count = f"{len(found)} {'difference' if len(found) == 1 else 'differences'}"
    say(f"{what}: {count if found else 'no drift'}")
    if not last.verified:
        what = f"{last.kind} {last.number}, of release {short(last.release)}"
        say(f"  the newest, {what}, is not verified: {last.outcome}")
    if found:
        print_table(COLUMNS, [finding.as_row() for finding in found], fits=True)


def _tell_what_to_do(found: Sequence[Finding], environment: str, *, local: bool) -> None:
    """Each remedy once: its note, then one command a line, to be pasted."""
    from pipeline.runs.console import say

    if local and any(line.startswith("aws ") for each in found for line in each.commands):
        say(f'first: eval "$(./baton env {environment})"')
    remedies = dict.fromkeys((each.kind, each.next, each.commands) for each in found)
    for kind, note, commands in remedies:
        say(f"next, {kind}: {note}".rstrip())
        for line in commands:
            say(f"  {line}")


def _tell_of_acceptances(judged: Judged) -> None:
    """What is left as it is and by whom, and which acceptances have ended or are not needed."""
    from pipeline.runs.console import say

    for finding, by in judged.accepted:
        say(f"accepted by {by.owner} until {by.until}: {finding.subject} ({by.reason})")
    for by in judged.expired:
        say(f"no longer accepted, since {by.until} (by {by.owner}): {by.subject}")
    for by in judged.idle:
        say(f"accepted, and there is no such drift: {by.subject} (by {by.owner}): take it out")
