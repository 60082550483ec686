"""`baton status`: what runs where, and what could be promoted next."""

from __future__ import annotations

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command(short_help="Show what runs where, and what could be promoted next.")
@click.option("--json", "as_json", is_flag=True, help="A list, one object per environment.")
def command(as_json: bool) -> None:
    """Show each environment's last promotion, from the records alone."""
    from pipeline.console import print_table, write_json
    from pipeline.promotion.status import COLUMNS, read_status

    checkout = Checkout.here()
    target = Target.selected(checkout)
    environments = checkout.environments()
    target.activate()
    rows = read_status(environments, target, checkout)
    if as_json:
        write_json([row.as_json() for row in rows])
        return
    print_table(COLUMNS, [row.as_row() for row in rows])
    following = [f"next: ./baton promote {row.environment}" for row in rows if row.promotable]
    for line in following:
        click.echo(line)
