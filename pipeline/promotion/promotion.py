"""One promotion, or rollback, as it goes: what the steps are given, and what each adds."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from codegen.sources.s3 import units_of
from pipeline.adapters.store import ArtifactStore
from pipeline.adapters.terragrunt import Terragrunt
from pipeline.checkout import run_address, whoami
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import Release

if TYPE_CHECKING:
    import boto3

    from codegen.handoff import Rendering
    from codegen.settings import Environment
    from codegen.sources.state import StateOutputs
    from pipeline.adapters.sam import Stack
    from pipeline.checkout import Checkout
    from pipeline.locking.holder import Holder
    from pipeline.promotion.plans import UnitPlan
    from pipeline.records.record import Record
    from pipeline.runs.step_runner import StepRecord
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
        `--force-plan`: plan although nothing has changed since the last verified promotion.
    allow_destroy:
        `--allow-destroy`: resources that may be destroyed or replaced, ADDRESS or UNIT:ADDRESS.
    at_once:
        `--at-once`: no canary this time. CodeDeploy refuses to begin while a function's error
        alarm is on, and then neither a mended release nor the one of before could get in.
    expect_plan:
        `--expect-plan`: digest of the plan that was approved elsewhere; another is refused.
    dry_run:
        `--dry-run`: nothing in the environment is changed, so nobody has to approve.
    """

    release: str | None = None
    approved: bool = False
    force_plan: bool = False
    allow_destroy: tuple[str, ...] = ()
    at_once: bool = False
    expect_plan: str | None = None
    dry_run: bool = False


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
    run_at: str = field(default_factory=run_address)
    kind: Literal["promotion", "rollback"] = "promotion"

    # set by: eligible
    session: boto3.Session = field(init=False)
    store: ArtifactStore = field(init=False)
    records: Sequence[Record] = field(init=False)
    folder: ReleaseFolder = field(init=False)
    source: ArtifactStore | None = None  # where the release comes from; None: it is here already
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
    states: StateOutputs | None = None  # of every unit there is, where the release has others
    rendering: Rendering = field(init=False)
    stack: Stack = field(init=False)
    deployed_at: datetime.datetime | None = None
    may_run: bool = False
    failure: str = ""
    interrupted: bool = False
    fell_back_to: str | None = None
    fell_back_with: dict[str, str] = field(default_factory=dict)
    withdraws: str | None = None  # of a rollback only
    # set by the runner, and by: record
    died: Holder | None = None  # the run before on this machine, where it was killed
    steps: list[StepRecord] = field(default_factory=list)
    record: Record | None = None

    @property
    def place(self) -> str:
        """What its folders of work and logs are called."""
        return self.environment.name

    @property
    def work(self) -> Path:
        """The unpacked release: all that a promotion looks at."""
        return self.checkout.work(self.place)

    @property
    def at_once(self) -> bool:
        """Whether new versions take over without the canary."""
        return self.options.at_once

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
        return Terragrunt(
            self.work, self.environment, self.target, self.place, only_reads=self.options.dry_run
        )
