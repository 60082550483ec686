"""What there is of an environment, before anything of it is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.adapters.bucket import Bucket
from pipeline.adapters.tables import Table, describe_table
from pipeline.destruction.contents import UnitContents, read_contents

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment
    from pipeline.adapters.sam import Sam
    from pipeline.adapters.states import StateStore

COUNT_LIMIT = 10_000  # counting goes a thousand at a time, and more need not be known


@dataclass(frozen=True)
class Inventory:
    """An environment as it is.

    Parameters
    ----------
    stack:
        The CloudFormation stack's status; None where there is no stack.
    units:
        What every state holds, also those of units that are not in live/ any more.
    buckets:
        Bucket → versions and delete markers in it, counted up to `COUNT_LIMIT`.
    tables:
        The tables that are there.
    state_bucket:
        Whether there is a bucket for states.
    strays:
        The environment's own buckets that are there although no state is.
    """

    stack: str | None
    units: tuple[UnitContents, ...]
    buckets: dict[str, int]
    tables: tuple[Table, ...]
    state_bucket: bool
    strays: tuple[str, ...] = ()

    @property
    def left(self) -> list[str]:
        """The units that hold resources."""
        return [unit.unit for unit in self.units if unit.addresses]

    def is_gone(self, keep_state: bool) -> bool:
        """Whether there is nothing to destroy."""
        return self.stack is None and not self.left and (keep_state or not self.state_bucket)

    def lines(self) -> list[str]:
        """What a person must know before saying yes."""
        stack = f"the stack, which is {self.stack}" if self.stack else "no stack"
        counts = [
            f"unit {unit.unit}: {len(unit.addresses)} resources"
            for unit in self.units
            if unit.addresses
        ]
        buckets = [f"bucket {name}: {_counted(n)}" for name, n in self.buckets.items()]
        tables = [f"table {t.name}: {t.items} items when last counted" for t in self.tables]
        state = ["the states, with all their versions"] if self.state_bucket else []
        return [stack, *counts, *buckets, *tables, *state]


def take_inventory(
    session: boto3.Session, environment: Environment, states: StateStore, sam: Sam
) -> Inventory:
    """Look at everything an environment has; changes nothing.

    Raises
    ------
    StateError
        A state cannot be read: what it holds would be left behind unseen.
    BatonError
        AWS cannot be asked.
    """
    stack = sam.stack()
    units = read_contents(states.read_all(), states.where, states.owner)
    buckets = [Bucket(session, environment, name) for unit in units for name in unit.buckets]
    tables = [describe_table(session, environment, name) for unit in units for name in unit.tables]
    return Inventory(
        stack=stack.status if stack else None,
        units=units,
        buckets={bucket.name: bucket.count(COUNT_LIMIT) for bucket in buckets if bucket.exists()},
        tables=tuple(table for table in tables if table),
        state_bucket=states.bucket.exists(),
        strays=() if units else _strays(session, environment),
    )


def _strays(session: boto3.Session, environment: Environment) -> tuple[str, ...]:
    names = (environment.artifact_bucket, environment.data_bucket)
    return tuple(name for name in names if Bucket(session, environment, name).exists())


def _counted(objects: int) -> str:
    if objects >= COUNT_LIMIT:
        return f"{COUNT_LIMIT:,} versions of objects or more"
    return f"{objects} versions of objects"
