"""What forbids the destruction of an environment: pure rules on what was read.

Protection is taken off where it was put on: in env.yaml, through a promotion. A file that was
edited on somebody's machine takes off nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from codegen.errors import BatonError, GateRefusedError
from pipeline.adapters.states import Lock
from pipeline.adapters.tables import Table

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.destruction.contents import UnitContents
    from pipeline.promotion.records import Record


def check_settings(environment: Environment) -> None:
    """Refuse where env.yaml protects the environment or its tables.

    Raises
    ------
    GateRefusedError
        Says which setting.
    """
    name = environment.name
    if environment.protected:
        raise GateRefusedError(
            f"{name} is protected: live/{name}/env.yaml says protected: true",
            f"set protected: false, commit it, and promote it to {name} first",
        )
    if environment.data.deletion_protection:
        raise GateRefusedError(
            f"the tables of {name} are protected: its settings say data.deletion_protection: true",
            f"set it to false, commit it, and promote it to {name} first",
        )


def check_records(environment: Environment, records: Sequence[Record]) -> None:
    """Refuse where the last promotion found the environment protected.

    Raises
    ------
    GateRefusedError
        `protected: false` is in the checkout only.
    """
    if records and records[-1].settings.get("protected"):
        raise GateRefusedError(
            f"{environment.name} was protected at its last promotion ({records[-1].number}), and "
            f"live/{environment.name}/env.yaml says protected: false in this checkout only",
            f"commit it and promote it to {environment.name} first",
        )


def check_tables(environment: Environment, tables: Iterable[Table]) -> None:
    """Refuse where a table has deletion protection, whatever the settings say by now.

    Raises
    ------
    GateRefusedError
        Names the tables.
    """
    protected = [table.name for table in tables if table.protected]
    if protected:
        raise GateRefusedError(
            f"{environment.name}: deletion protection is on for {', '.join(protected)}",
            "data.deletion_protection: false is not applied yet: "
            f"make apply ENV={environment.name}, or promote it",
        )


def check_units(
    environment: Environment, contents: Iterable[UnitContents], units: Collection[str]
) -> None:
    """Refuse where a state holds resources of a unit that this checkout does not have.

    Parameters
    ----------
    units:
        The units in live/<env> here.

    Raises
    ------
    BatonError
        Names the units: Terragrunt would leave them behind.
    """
    strangers = [c for c in contents if c.addresses and c.unit not in units]
    if strangers:
        listed = ", ".join(f"{c.unit} ({len(c.addresses)} resources)" for c in strangers)
        raise BatonError(
            f"{environment.name} has units that live/{environment.name} here has not: {listed}",
            "destroy it from a checkout that has them, such as the commit it was applied from",
        )


def check_locks(environment: Environment, locks: Sequence[Lock]) -> None:
    """Refuse while Terraform is at work on a state, or a killed run has left its lock.

    Raises
    ------
    BatonError
        Names unit and holder, and how to remove a lock that was left behind.
    """
    if locks:
        lock = locks[0]
        raise BatonError(
            f"{environment.name}: the state of {lock.unit} is locked by {lock.who}",
            f"if no other run is at work: cd live/{environment.name}/{lock.unit} && "
            f"terragrunt force-unlock -force {lock.id}",
        )


def check_confirmation(environment: Environment, typed: str) -> None:
    """Accept the environment's full name, and nothing else.

    Raises
    ------
    GateRefusedError
        Something else was typed; nothing has been touched.
    """
    if typed.strip() != environment.prefix:
        raise GateRefusedError(
            f"{typed.strip()!r} is not {environment.prefix!r}: nothing was destroyed",
            f"./baton destroy {environment.name} --confirm {environment.prefix}",
        )


def dependents(environment: Environment, others: Iterable[Environment]) -> list[str]:
    """The environments that get their releases from this one."""
    return [other.name for other in others if other.promoted_from == environment.name]
