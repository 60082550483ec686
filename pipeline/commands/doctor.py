"""`baton doctor`: is everything there, new enough and pointed at the right place?"""

from __future__ import annotations

import click

from codegen.errors import BatonError, SettingsError
from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command()
@click.argument("environments", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="A list of checks.")
def command(environments: tuple[str, ...], as_json: bool) -> int:
    """Check tools, settings, and each of ENVIRONMENTS (all by default).

    Exit 2 when a setting is not allowed, as in every command, 1 when something else is wrong.
    """
    from pipeline.inspect.doctor import check_environment, check_settings, check_tools
    from pipeline.runs.console import print_table, write_json

    checkout = Checkout.here()
    target = Target.selected(checkout)
    for name in environments:
        checkout.environment(name)
    checks = check_tools(checkout, target)
    settings, found = check_settings(checkout)
    checks.append(settings)
    if found:
        target.activate()
    wanted = [each for each in found if not environments or each.name in environments]
    checks += [check_environment(target, environment) for environment in wanted]
    if as_json:
        write_json([check.as_json() for check in checks])
    else:
        print_table(("", "what", "found", "next"), [check.as_row() for check in checks])
    failed = [check for check in checks if not check.ok]
    kind = BatonError if settings.ok else SettingsError
    if failed and not as_json:
        raise kind(f"{len(failed)} of {len(checks)} checks failed", failed[0].remedy)
    return kind.exit_code if failed else 0
