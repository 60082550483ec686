"""An environment's Terraform states: the objects themselves, and who holds their locks."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.adapters.aws import explained
from pipeline.adapters.bucket import Bucket

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

STATE, LOCK = "/terraform.tfstate", "/terraform.tfstate.tflock"


@dataclass(frozen=True)
class Lock:
    """The lock of one unit's state: its id, and whose it is as Terraform wrote it."""

    unit: str
    id: str
    who: str


class StateStore:
    """The state bucket of one environment, reached with its profile."""

    def __init__(self, session: boto3.Session, environment: Environment) -> None:
        self.environment = environment
        self.bucket = Bucket(session, environment, environment.state_bucket)
        self._s3 = session.client("s3")
        self._prefix = f"live/{environment.name}/"

    def read_all(self) -> dict[str, bytes]:
        """Unit → its state; empty where there is no bucket.

        Found by listing, not from the units there are: a unit that is gone from live/ may have
        left a state with resources in it.
        """
        units = self._units(STATE)
        with ThreadPoolExecutor(8) as pool:
            contents = pool.map(lambda unit: self._read(unit, STATE), units)
            return dict(zip(units, contents, strict=True))

    def locks(self) -> list[Lock]:
        """The locks that are held, or were left behind by a run that was killed."""
        return [_lock(unit, self._read(unit, LOCK)) for unit in self._units(LOCK)]

    def where(self, unit: str) -> str:
        """A unit's state, as messages name it."""
        return f"s3://{self.bucket.name}/{self._prefix}{unit}{STATE}"

    def _units(self, end: str) -> list[str]:
        if not self.bucket.exists():
            return []
        pages = self._s3.get_paginator("list_objects_v2")
        with explained(self.environment, f"list the states in {self.bucket.name}"):
            keys = [
                item["Key"]
                for page in pages.paginate(Bucket=self.bucket.name, Prefix=self._prefix)
                for item in page.get("Contents", [])
            ]
        return [key[len(self._prefix) : -len(end)] for key in keys if key.endswith(end)]

    def _read(self, unit: str, end: str) -> bytes:
        key = f"{self._prefix}{unit}{end}"
        with explained(self.environment, f"read s3://{self.bucket.name}/{key}"):
            return self._s3.get_object(Bucket=self.bucket.name, Key=key)["Body"].read()


def _lock(unit: str, content: bytes) -> Lock:
    try:
        said = json.loads(content)
        return Lock(unit, str(said["ID"]), str(said["Who"]))
    except (ValueError, KeyError, TypeError):  # not one of Terraform's, but a lock all the same
        return Lock(unit, "", "somebody unknown")
