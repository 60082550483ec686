"""`baton status`: what runs where, and what could be promoted next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.inspect.status import EnvironmentStatus


@click.command()
@click.option("--check", is_flag=True, help="Read every record, and check that none was changed.")
@click.option("--json", "as_json", is_flag=True, help="A list, one object per environment.")
def command(check: bool, as_json: bool) -> int:
    """Show each environment's last promotion, from the records, and its API's address.

    The newest records are read, and none may have been overwritten or deleted. With --check all are
    read, and each is compared with the digest that the next one has of it. Exit code 1: an
    environment's records cannot be read, or were changed; the others are shown.
    """
    from pipeline.inspect.status import COLUMNS
    from pipeline.inspect.status_reading import read_status
    from pipeline.runs.console import print_table, write_json

    checkout = Checkout.here()
    target = Target.selected(checkout)
    environments = checkout.environments()
    target.activate()
    rows = read_status(environments, target, checkout, whole=check)
    if as_json:
        write_json([row.as_json() for row in rows])
    else:
        print_table(COLUMNS, [row.as_row() for row in rows])
        _tell(rows)
    return 1 if any(row.error for row in rows) else 0


def _tell(rows: Sequence[EnvironmentStatus]) -> None:
    """Addresses, and what can be done now, as data; why nothing can, and what is wrong, as talk."""
    from pipeline.release.manifest import short
    from pipeline.runs.console import say, show, wrapped

    for row in rows:
        if row.address:
            show(f"{row.environment}: {row.address}")
    for row in rows:
        if row.promotable:
            show(f"next: ./baton promote {row.environment}  # release {short(str(row.candidate))}")
        elif row.why_not:
            why_not = row.why_not.splitlines()[0]
            say(wrapped(f"{row.environment}: nothing to promote: {why_not}"))
            if row.way_out:
                say(f"  next: {row.way_out}")
        if row.error:
            say(wrapped(row.error) + f"\n  next: {row.remedy}" * bool(row.remedy))
