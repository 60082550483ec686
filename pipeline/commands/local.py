"""`baton local`: the emulators, one process per environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from codegen.errors import UsageError
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.local.emulators import EmulatorStatus
    from pipeline.local.home import LocalHome

COLUMNS = ("environment", "account", "state", "endpoint", "pid", "")

environments_argument = click.argument("environments", nargs=-1)
json_option = click.option("--json", "as_json", is_flag=True, help="A list of emulators.")


@click.group(short_help="Start, stop, reset or show the emulators of the local target.")
def command() -> None:
    """One emulator per environment, on this machine only; IAM is enforced in each."""


@command.command()
@environments_argument
@json_option
def start(environments: tuple[str, ...], as_json: bool) -> None:
    """Start what does not run; state is as it was at the last stop."""
    from pipeline.local import emulators

    def launch(chosen: Sequence[Environment], home: LocalHome) -> list[EmulatorStatus]:
        python = Checkout.here().tools / "envs" / "ministack" / "bin" / "python"
        return emulators.start(chosen, home, python)

    _show(environments, as_json, launch)


@command.command()
@environments_argument
@json_option
def status(environments: tuple[str, ...], as_json: bool) -> None:
    """Show how the emulators are."""
    from pipeline.local import emulators

    _show(environments, as_json, emulators.status)


@command.command()
@environments_argument
@json_option
def stop(environments: tuple[str, ...], as_json: bool) -> None:
    """Stop them; their state is kept."""
    from pipeline.local import emulators

    _show(environments, as_json, emulators.stop)


@command.command()
@environments_argument
@json_option
def reset(environments: tuple[str, ...], as_json: bool) -> None:
    """Stop them and delete all that was in them."""
    from pipeline.local import emulators

    _show(environments, as_json, emulators.reset)


def _show(
    names: tuple[str, ...],
    as_json: bool,
    action: Callable[[Sequence[Environment], LocalHome], list[EmulatorStatus]],
) -> None:
    from pipeline.console import print_table, write_json

    checkout = Checkout.here()
    target = Target.selected(checkout)
    if target.name != "local":
        raise UsageError("there are emulators only on the local target", "unset BATON_TARGET")
    chosen = [checkout.environment(name) for name in names] or checkout.environments()
    found = action(chosen, target.local_home())
    if as_json:
        write_json([asdict(emulator) for emulator in found])
        return
    rows = [
        (e.environment, e.account_id, e.state, e.endpoint, str(e.pid or "–"), e.note) for e in found
    ]
    print_table(COLUMNS, rows)
