"""`baton diff ENV ENV`: what two environments' last verified promotions differ in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from codegen.errors import UsageError
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.inspect.diff.comparing import Difference, Group, Side
    from pipeline.records.record import Record

UNINTENDED = 3


@click.command()
@click.argument("left", metavar="ENVIRONMENT")
@click.argument("right", metavar="ENVIRONMENT")
@click.option(
    "--all", "every", is_flag=True, help="Names, and ids that AWS made, in the table too."
)
@click.option("--json", "as_json", is_flag=True, help="Both promotions and the differences.")
def command(left: str, right: str, every: bool, as_json: bool) -> int:
    """Compare the last verified promotions of two environments.

    Release, infrastructure, settings, outputs and parameters are compared as the records have them.
    A difference is intended where live/ says so, or where the release's own templates and modules
    make it of a setting that differs. Names, and ids that AWS made, differ everywhere. Exit code 3
    says that something else differs too.
    """
    from pipeline.inspect.diff.comparing import Group, compare
    from pipeline.inspect.diff.sides import read_sides
    from pipeline.runs.console import write_json

    if left == right:
        raise UsageError(f"{left} cannot differ from itself", "name two environments")
    checkout = Checkout.here()
    target = Target.selected(checkout)
    environments = [checkout.environment(name) for name in (left, right)]
    target.activate()
    sides, newest = read_sides(checkout, target, environments)
    found = compare(*sides)
    if as_json:
        write_json(_document(sides, found))
    else:
        _tell(sides, newest, found, least=Group.MADE if every else Group.INTENDED)
    return UNINTENDED if any(each.group is Group.UNINTENDED for each in found) else 0


def _document(sides: Sequence[Side], found: Sequence[Difference]) -> dict[str, object]:
    promotions = [
        {"environment": each.environment, "promotion": each.number, "release": each.release}
        for each in (side.record for side in sides)
    ]
    return {"promotions": promotions, "differences": [each.as_json() for each in found]}


def _tell(
    sides: Sequence[Side], newest: Sequence[Record], found: Sequence[Difference], least: Group
) -> None:
    """Group by group, what nobody asked for last: there the eye ends up."""
    from pipeline.inspect.diff.comparing import Group, columns
    from pipeline.release.manifest import short
    from pipeline.runs.console import print_table, say

    for side, last in zip(sides, newest, strict=True):
        record = side.record
        say(f"{record.environment}: release {short(record.release)}, {record.kind} {record.number}")
        if last.number != record.number:
            what = f"{last.kind} {last.number}, of release {short(last.release)}"
            say(f"  the newest, {what}, is not verified: {last.outcome}")
    shown = sorted((each for each in found if each.group >= least), key=lambda each: each.group)
    if shown:
        print_table(columns(*sides), [each.as_row() for each in shown], fits=True)
    counts = ", ".join(
        f"{sum(each.group is group for each in found)} {group.words}" for group in Group
    )
    say(f"differences: {counts}")
