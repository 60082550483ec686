"""What forbids the destruction of an environment: pure rules on what was read.

Protection is taken off where it was put on: in env.yaml, through a promotion. A file that was
edited on somebody's machine takes off nothing. Only where nothing was ever promoted, and resources
are there because somebody applied them by hand, have the settings alone a say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from codegen.errors import BatonError, GateRefusedError
from pipeline.adapters.states import Lock
from pipeline.adapters.tables import Table
from pipeline.promotion.protection import protecting

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.destruction.contents import UnitContents
    from pipeline.destruction.inventory import Inventory
    from pipeline.records.record import Record


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
    """Refuse where the last promotion, or the last verified one, had the environment protected.

    A promotion that failed may not have got to what it was to change: it takes off nothing. Without
    records there is nothing to refuse by.

    Raises
    ------
    GateRefusedError
        `protected: false` is in the checkout only, or in a promotion that failed.
    """
    record = protecting(records)
    if record is not None:
        name = environment.name
        raise GateRefusedError(
            f"{name} was protected at promotion {record.number}, and no verified promotion since "
            f"has taken the protection off: live/{name}/env.yaml of this checkout alone does not",
            f"commit protected: false and promote it to {name} first",
        )


def check_region(environment: Environment, region: str | None) -> None:
    """Refuse where the states are in another region: everything else would be looked for in vain.

    Parameters
    ----------
    region:
        The state bucket's; None where there is none, or where S3 does not say.

    Raises
    ------
    BatonError
        Names both regions.
    """
    if region is not None and region != environment.region:
        raise BatonError(
            f"{environment.name}: its states are in {region} (s3://{environment.state_bucket}), "
            f"but its settings say region {environment.region}",
            f"set region in live/{environment.name}/env.yaml to where the environment is",
        )


def check_states(environment: Environment, inventory: Inventory) -> None:
    """Refuse where no state is, but something of the environment: what else is there is unknown.

    Raises
    ------
    BatonError
        Names what was found.
    """
    found = [f"bucket {name}" for name in inventory.strays]
    if inventory.stack:
        found.insert(0, f"stack {environment.stack_name} ({inventory.stack})")
    if found and not inventory.units:
        how = "holds no state" if inventory.state_bucket else "is not there"
        raise BatonError(
            f"{environment.name}: s3://{environment.state_bucket} {how}, yet there is "
            f"{', '.join(found)}: without states nobody knows what else Terraform has made",
            "restore the states; where they are lost, remove by hand all that has the tags "
            f"project={environment.project} and environment={environment.name}",
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
            f"{environment.name}: the state of {lock.unit} is locked by "
            f"{lock.who or f'somebody unknown: {lock.where} cannot be read'}",
            f"if no other run is at work: {lock.unlock(environment.name)}",
        )


def check_confirmation(environment: Environment, typed: str, command: str) -> None:
    """Accept the environment's full name, and nothing else.

    Parameters
    ----------
    typed:
        What the caller gave.
    command:
        The same command with the right confirmation.

    Raises
    ------
    GateRefusedError
        Something else was typed; nothing has been touched.
    """
    if typed.strip() != environment.prefix:
        raise GateRefusedError(
            f"{typed.strip()!r} is not {environment.prefix!r}: nothing was destroyed",
            command,
        )


def dependents(environment: Environment, others: Iterable[Environment]) -> list[str]:
    """The environments that get their releases from this one."""
    return [other.name for other in others if other.promoted_from == environment.name]
