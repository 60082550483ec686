"""An environment's Terraform states: the objects themselves, and who holds their locks."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.shown import command
from codegen.sources.state import Owner, state_key
from pipeline.adapters.aws import explained
from pipeline.adapters.bucket import Bucket

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

LOCK = ".tflock"  # what Terraform's use_lockfile puts behind the key of the state it locks


@dataclass(frozen=True)
class Lock:
    """The lock of one unit's state.

    Parameters
    ----------
    unit:
        Whose state is locked.
    where:
        The lock's object.
    id, who, since:
        The lock's id, holder and time as Terraform wrote them; empty where it cannot be read.
    """

    unit: str
    where: str
    id: str = ""
    who: str = ""
    since: str = ""

    def unlock(self, environment: str) -> str:
        """The command that removes the lock.

        Terraform removes a lock by its id. A lock without one, as an empty object, is removed as
        the object that it is.
        """
        if self.id:
            folder = command("cd", f"live/{environment}/{self.unit}")
            return f"{folder} && {command('terragrunt', 'force-unlock', '-force', self.id)}"
        return f'eval "$(./baton env {environment})" && {command("aws", "s3", "rm", self.where)}'


class StateStore:
    """The state bucket of one environment, reached with its profile."""

    def __init__(self, session: boto3.Session, environment: Environment) -> None:
        self.environment = environment
        self.owner = Owner(environment.project, environment.name)
        self.bucket = Bucket(session, environment, environment.state_bucket)
        self._s3 = session.client("s3")
        # what stands before and behind a unit in the key of its state
        self._before, self._behind = state_key(environment.name, "*").split("*")

    def read_all(self) -> dict[str, bytes]:
        """Unit → its state; empty where there is no bucket.

        Found by listing, not from the units there are: a unit that is gone from live/ may have
        left a state with resources in it.
        """
        units = self._units(self._behind)
        with ThreadPoolExecutor(8) as pool:
            contents = pool.map(self._state, units)
            return dict(zip(units, contents, strict=True))

    def locks(self) -> list[Lock]:
        """The locks that are held, or were left behind by a run that was killed."""
        return [lock for unit in self._units(self._behind + LOCK) if (lock := self._lock(unit))]

    def where(self, unit: str) -> str:
        """A unit's state, as messages name it."""
        return f"s3://{self.bucket.name}/{self._key(unit)}"

    def _key(self, unit: str) -> str:
        return state_key(self.environment.name, unit)

    def _units(self, end: str) -> list[str]:
        if not self.bucket.exists():
            return []
        pages = self._s3.get_paginator("list_objects_v2")
        with explained(self.environment, f"list the states in {self.bucket.name}"):
            keys = [
                item["Key"]
                for page in pages.paginate(Bucket=self.bucket.name, Prefix=self._before)
                for item in page.get("Contents", [])
            ]
        return [key[len(self._before) : -len(end)] for key in keys if key.endswith(end)]

    def _state(self, unit: str) -> bytes:
        with explained(self.environment, f"read {self.where(unit)}"):
            return self._read(self._key(unit))

    def _read(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=self.bucket.name, Key=key)["Body"].read()

    def _lock(self, unit: str) -> Lock | None:
        where = self.where(unit) + LOCK
        with explained(self.environment, f"read {where}"):
            try:
                content = self._read(self._key(unit) + LOCK)
            except self._s3.exceptions.NoSuchKey:  # released since it was listed
                return None
        return lock_of(unit, where, content)


def lock_of(unit: str, where: str, content: bytes) -> Lock:
    """The lock that an object holds; without id and holder where it is none of Terraform's."""
    try:
        said = json.loads(content)
        since = str(said.get("Created", ""))[:19].replace("T", " ")
        return Lock(unit, where, str(said["ID"]), str(said["Who"]), since)
    except (ValueError, KeyError, TypeError):  # it keeps Terraform out all the same
        return Lock(unit, where)
