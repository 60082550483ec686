"""One promotion as it goes: what the steps are given, and what each adds for the next."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from codegen.sources.s3 import units_of
from pipeline.adapters.store import ArtifactStore
from pipeline.adapters.terragrunt import Terragrunt
from pipeline.checkout import whoami
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import Release

if TYPE_CHECKING:
    import boto3

    from codegen.handoff import Rendering
    from codegen.settings import Environment
    from codegen.sources.state import StateOutputs
    from pipeline.adapters.sam import Stack
    from pipeline.checkout import Checkout
    from pipeline.promotion.plans import UnitPlan
    from pipeline.promotion.records import Record, StepRecord
    from pipeline.target import Target


@dataclass(frozen=True)
class Options:
    """What the caller asked for.

    Parameters
    ----------
    release:
        An id, or the beginning of one; None lets `eligible` choose.
    approved:
        `--yes`: approve without asking.
    force_plan:
        `--plan`: plan although nothing has changed since the last verified promotion.
    allow_destroy:
        `--allow-destroy`: addresses of resources with data that may be destroyed or replaced.
    at_once:
        `--at-once`: no canary this time. CodeDeploy refuses to begin while a function's error
        alarm is on, and then neither a mended release nor the one of before could get in.
    """

    release: str | None = None
    approved: bool = False
    force_plan: bool = False
    allow_destroy: tuple[str, ...] = ()
    at_once: bool = False


@dataclass(frozen=True)
class StepResult:
    """How a step ended, in a few words for people and for the record."""

    detail: str
    outcome: Literal["done", "skipped"] = "done"


@dataclass
class Promotion:
    """The state of one run; a step reads what earlier ones set."""

    checkout: Checkout
    target: Target
    environment: Environment
    below: Environment | None
    options: Options
    say: Callable[[str], None]
    confirm: Callable[[str], bool] | None
    started_at: datetime.datetime = field(
        default_factory=lambda: datetime.datetime.now(datetime.UTC)
    )
    by: str = field(default_factory=whoami)

    # set by: eligible
    session: boto3.Session = field(init=False)
    store: ArtifactStore = field(init=False)
    records: list[Record] = field(init=False)
    folder: ReleaseFolder = field(init=False)
    # set by: fetch
    release: Release = field(init=False)
    settings: Environment = field(init=False)  # the release's own, not the checkout's
    infrastructure: str = field(init=False)
    # set by: plan, approve, gates
    plans: list[UnitPlan] = field(default_factory=list)  # those at hand: gated, then applied
    plan_digests: list[str] = field(default_factory=list)  # one for each time it was planned
    planned: dict[str, UnitPlan] = field(default_factory=dict)  # the last plan of every unit
    gates: dict[str, str] = field(default_factory=dict)
    approved_by: str = ""
    # set by: render, deploy, verify
    outputs: StateOutputs = field(init=False)
    rendering: Rendering = field(init=False)
    stack: Stack = field(init=False)
    failure: str = ""
    # set by the runner, and by: record
    steps: list[StepRecord] = field(default_factory=list)
    record: Record | None = None

    @property
    def work(self) -> Path:
        """The unpacked release: all that a promotion looks at."""
        return self.checkout.work(self.environment.name)

    @property
    def plan_folder(self) -> Path:
        """Where the saved plans are."""
        return self.work / ".plans"

    @property
    def units(self) -> list[str]:
        """The units that the release has for this environment."""
        return units_of(self.work / "live", self.environment.name)

    @property
    def terragrunt(self) -> Terragrunt:
        """Terragrunt in the unpacked release."""
        return Terragrunt(self.work, self.environment, self.target)
