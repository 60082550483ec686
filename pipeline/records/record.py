"""Promotion records: what went where, on what evidence; written once, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pipeline.runs.step_runner import StepRecord

PREFIX = "promotions/"


class Record(BaseModel):
    """One promotion, complete enough to answer later what ran there and why it was let in.

    Parameters
    ----------
    schema_version:
        Of this format. Records that an older Baton wrote have fewer of the fields.
    number:
        Its place in the environment's history, from 1.
    previous:
        SHA-256 of the record before, as stored: a record that is changed breaks the chain. Empty
        for the first one.
    kind:
        A rollback puts an older release's application back, and leaves the infrastructure.
    environment:
        Where it went.
    release:
        What was promoted, or put back.
    withdraws:
        The release that a rollback took out: it goes no further from here.
    fell_back_to:
        The release whose application was put back, and verified, after this one had failed.
    fell_back_with:
        What the stack was given then, at once and so without a canary; empty where nothing was put
        back, and in records that are older than the field.
    target:
        Where the environment was: on this machine's emulator, or in an AWS account.
    promoted_from:
        The environment that the release came from; null for the first of them.
    verified:
        Whether what runs is the release, and the release's own smoke test passed. A release without
        one is only compared; the step `verify` says so.
    failure:
        The step that failed, and why; empty where none did.
    interrupted:
        Whether that was an interruption, which is no verdict on the release.
    by:
        Who was at work.
    run:
        Where it was at work, as an address; empty on a person's machine.
    approved_by:
        Who approved; empty where nobody had to.
    at_once:
        Whether it was promoted without the canary that the settings ask for.
    started_at:
        When it began, in UTC, as ISO 8601 has it.
    seconds:
        From its beginning to this record.
    cpu_s:
        Processor seconds of Baton itself, the tools it calls not counted.
    infrastructure:
        Digest of the release's Terraform and Terragrunt files and of this environment's settings. A
        rollback has that of the record before, or none where the states have changed since.
    settings:
        The environment's settings, complete, as the release has them.
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
    gates:
        Gate → what it found in order.
    steps:
        The steps of the run before this record, in order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    number: int
    previous: str = ""
    kind: Literal["promotion", "rollback"] = "promotion"
    environment: str
    release: str
    withdraws: str | None = None
    fell_back_to: str | None = None
    fell_back_with: dict[str, str] = {}
    target: Literal["local", "aws"]
    promoted_from: str | None
    verified: bool
    failure: str = ""
    interrupted: bool = False
    by: str
    run: str = ""
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

    @property
    def outcome(self) -> str:
        """How it ended, in two words at most."""
        if self.verified:
            return "verified"
        if self.interrupted:
            return "interrupted"
        return "fell back" if self.fell_back_to else "failed"

    def to_bytes(self) -> bytes:
        """The record as it is stored."""
        return json.dumps(self.model_dump(), indent=1, ensure_ascii=False).encode() + b"\n"


def running(records: Sequence[Record]) -> list[str]:
    """The releases of which one is deployed, as far as the records tell; the likeliest first.

    Mostly it is one. Where a deployment failed, CloudFormation has rolled back to the previous
    release, unless Baton alone did not see it end; where falling back failed, it may be either one.
    """
    likely: list[str] = []
    hardly: list[str] = []
    for record in reversed(records):
        failed = {step.name for step in record.steps if step.outcome == "failed"}
        if record.fell_back_to:
            likely.append(record.fell_back_to)
            break
        if "deploy" in failed:
            hardly.append(record.release)
            continue
        likely.append(record.release)
        if "fall back" not in failed:
            break
    return list(dict.fromkeys(likely + hardly))


def last_verified(records: Sequence[Record], release: str | None = None) -> Record | None:
    """The newest record that says verified: of any release, or of that one."""
    verified = (record for record in reversed(records) if record.verified)
    return next((each for each in verified if release in (None, each.release)), None)


def last_of(records: Sequence[Record], release: str) -> Record | None:
    """The newest record of a release."""
    return next((record for record in reversed(records) if record.release == release), None)


def last_verdict(records: Sequence[Record], release: str) -> Record | None:
    """The newest record of a release, or of the rollback that took it out.

    That of an interrupted run says nothing about the release: it counts where there is no other.
    """
    interrupted: Record | None = None
    for record in reversed(records):
        if release in (record.release, record.withdraws):
            if not record.interrupted:
                return record
            interrupted = interrupted or record
    return interrupted


def step_back(below: Sequence[Record], here: Sequence[Record]) -> Record | None:
    """The rollback by which the environment below is behind what is verified here.

    What it went back to is no step forward here: the release that is verified here was taken out
    below, and nothing was verified there since.
    """
    newest, verified = last_verified(below), last_verified(here)
    if newest is None or verified is None or newest.kind != "rollback":
        return None
    return newest if withdrawal(below, verified.release) else None


def withdrawal(records: Sequence[Record], release: str) -> Record | None:
    """The rollback that took a release out, as long as it was not verified again since.

    A promotion of it that failed since has put nothing right.
    """
    for record in reversed(records):
        if record.withdraws == release:
            return record
        if record.verified and record.release == release:
            return None
    return None
