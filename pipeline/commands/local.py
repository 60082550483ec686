"""`baton local`: the emulators, one process per environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from codegen.errors import SettingsError, UsageError
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from pipeline.target.local.emulators import EmulatorStatus
    from pipeline.target.local.home import LocalHome, Named

COLUMNS = ("environment", "account", "state", "endpoint", "pid", "")

environments_argument = click.argument("environments", nargs=-1)
json_option = click.option("--json", "as_json", is_flag=True, help="A list of emulators.")


@click.group()
def command() -> None:
    """One emulator per environment, on this machine only; IAM is enforced in each."""


@command.command()
@environments_argument
@json_option
def start(environments: tuple[str, ...], as_json: bool) -> None:
    """Start what does not run; state is as it was at the last stop."""
    from pipeline.target.local import emulators

    checkout, home = Checkout.here(), _local_target().local_home()
    chosen = [checkout.environment(name) for name in environments] or checkout.environments()
    python = checkout.tools / "envs" / "ministack" / "bin" / "python"
    _show(emulators.start(chosen, home, python), as_json)


@command.command()
@environments_argument
@json_option
def status(environments: tuple[str, ...], as_json: bool) -> None:
    """Show how the emulators are."""
    from pipeline.target.local import emulators

    _show(_those(environments, emulators.status), as_json)


@command.command()
@environments_argument
@json_option
def stop(environments: tuple[str, ...], as_json: bool) -> None:
    """Stop them; their state is kept."""
    from pipeline.target.local import emulators

    _show(_those(environments, emulators.stop), as_json)


@command.command()
@environments_argument
@json_option
def reset(environments: tuple[str, ...], as_json: bool) -> None:
    """Stop them and delete all that was in them."""
    from pipeline.target.local import emulators

    _show(_those(environments, emulators.reset), as_json)


def _those(
    names: tuple[str, ...],
    action: Callable[[Sequence[Named], LocalHome], list[EmulatorStatus]],
) -> list[EmulatorStatus]:
    """Do it to those that are named, or to all; also to one whose environment is gone by now."""
    home = _home()
    there = home.all()
    for name in sorted(set(names) - {each.name for each in there}):
        there.append(Checkout.here().environment(name))  # or says what is wrong with the name
    return action([each for each in there if not names or each.name in names], home)


def _home() -> LocalHome:
    """Where the emulators live; settings that cannot be read stop nobody from stopping them."""
    from pipeline.runs.console import say
    from pipeline.target.local.home import LocalHome

    target = _local_target()
    try:
        return target.local_home()
    except SettingsError as error:
        say(f"warning: {error.message}\n  so only what was started here before is looked at")
        return LocalHome.find(target.checkout.home, ())


def _local_target() -> Target:
    target = Target.selected(Checkout.here())
    if target.name != "local":
        raise UsageError("there are emulators only on the local target", "unset BATON_TARGET")
    return target


def _show(found: Sequence[EmulatorStatus], as_json: bool) -> None:
    from pipeline.runs.console import print_table, write_json

    if as_json:
        write_json([asdict(emulator) for emulator in found])
        return
    rows = [
        (e.environment, e.account_id, e.state, e.endpoint, str(e.pid or "–"), e.note) for e in found
    ]
    print_table(COLUMNS, rows)
