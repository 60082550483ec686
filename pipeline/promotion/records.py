"""Promotion records: what went where, on what evidence; written once, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from codegen.errors import BatonError
from pipeline.adapters.store import ArtifactStore

PREFIX = "promotions/"


class StepRecord(BaseModel):
    """A step of the run: how it ended, how long it took, and what it has to say.

    Parameters
    ----------
    seconds:
        From its beginning to its end.
    tools:
        Tool → how many of these seconds it was waited for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    outcome: Literal["done", "skipped", "failed"]
    seconds: float
    detail: str
    tools: dict[str, float] = {}


class Record(BaseModel):
    """One promotion, complete enough to answer later what ran there and why it was let in.

    Parameters
    ----------
    number:
        Its place in the environment's history, from 1.
    infrastructure:
        Digest of the release's Terraform and Terragrunt files and of this environment's settings.
    serials, lineages:
        Of the units' states after the run: while they are the same, there is nothing to plan.
    outputs:
        The units' outputs at rendering, without the sensitive ones.
    parameters:
        What the stack was given.
    plan_digests:
        What passed the gates and was approved, in order: more than one where some units had to wait
        for others; none where nothing was planned.
    plans:
        Unit → what its last plan would do.
    at_once:
        Whether it was promoted without the canary that the settings ask for.
    cpu_s:
        Processor seconds of Baton itself, the tools it calls not counted.
    verified:
        Whether the smoke test and the comparison of what runs with the release passed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    number: int
    environment: str
    release: str
    target: Literal["local", "aws"]
    promoted_from: str | None
    verified: bool
    failure: str = ""
    by: str
    approved_by: str = ""
    at_once: bool = False  # also of records that are older than the field
    started_at: str
    seconds: float
    cpu_s: float = 0.0
    infrastructure: str
    settings: dict[str, Any]
    serials: dict[str, int]
    lineages: dict[str, str]
    outputs: dict[str, dict[str, Any]]
    parameters: dict[str, str]
    plan_digests: list[str]
    plans: dict[str, str]
    gates: dict[str, str]
    steps: list[StepRecord]

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.number:06d}.json"

    def to_bytes(self) -> bytes:
        """The record as it is stored."""
        return json.dumps(self.model_dump(), indent=1, ensure_ascii=False).encode() + b"\n"


def read_all(store: ArtifactStore) -> list[Record]:
    """All records of an environment, oldest first; none where it has no bucket yet.

    Raises
    ------
    BatonError
        A record cannot be read, or is none.
    """
    if not store.exists():
        return []
    keys = sorted(store.names(PREFIX))
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda key: _read(store, key), keys))


def _read(store: ArtifactStore, key: str) -> Record:
    content = store.read(key)
    try:
        return Record.model_validate_json(content or b"")
    except ValidationError as error:
        raise BatonError(
            f"s3://{store.bucket}/{key} is no promotion record: {error.errors()[0]['msg']}",
            "records are created once and never changed: look at the object's versions",
        ) from error


def append(store: ArtifactStore, record: Record) -> Record:
    """Store a record under the next free number, which somebody else may have taken meanwhile.

    Returns
    -------
    Record
        The record with the number it got.
    """
    while not store.create(record.key, record.to_bytes()):
        record = record.model_copy(update={"number": record.number + 1})
    return record


def last_verified(records: Iterable[Record]) -> Record | None:
    """The newest record that says verified."""
    return next((record for record in reversed(list(records)) if record.verified), None)


def last_of(records: Iterable[Record], release: str) -> Record | None:
    """The newest record of a release."""
    return next((record for record in reversed(list(records)) if record.release == release), None)
