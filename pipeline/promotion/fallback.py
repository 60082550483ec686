"""Fall back: after a failed deployment or verification, the previous release is deployed again.

Terraform goes forward only: its part of the release that failed stays applied.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.sources.s3 import units_of
from pipeline.promotion.rollback_target import fall_back_target
from pipeline.promotion.steps.deploy import deploy
from pipeline.promotion.steps.fetch import unpack
from pipeline.promotion.steps.render import render
from pipeline.promotion.steps.verify import verify
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import Release, short
from pipeline.release.transfer import download
from pipeline.runs.step_runner import StepResult

if TYPE_CHECKING:
    import boto3

    from codegen.handoff import Rendering
    from codegen.settings import Environment
    from codegen.sources.state import StateOutputs
    from pipeline.adapters.sam import Stack
    from pipeline.adapters.store import ArtifactStore
    from pipeline.promotion.promotion import Promotion
    from pipeline.records.record import Record
    from pipeline.target import Target


@dataclass
class Earlier:
    """An earlier release's application, from the environment's own bucket."""

    session: boto3.Session
    target: Target
    environment: Environment
    store: ArtifactStore
    folder: ReleaseFolder
    release: Release
    settings: Environment
    work: Path
    say: Callable[[str], None]

    outputs: StateOutputs = field(init=False)
    rendering: Rendering = field(init=False)
    stack: Stack = field(init=False)
    deployed_at: datetime.datetime | None = None
    may_run: bool = False

    # what works is to be back at once, and CodeDeploy begins nothing while an alarm is on
    at_once: bool = True

    @property
    def units(self) -> list[str]:
        """The units that the release has for this environment."""
        return units_of(self.work / "live", self.environment.name)


def fall_back(run: Promotion) -> StepResult:
    """Deploy the application of the release that was verified last, and verify it again.

    It is rendered by its own templates from the outputs as they are now.

    Raises
    ------
    BatonError
        It cannot be fetched, rendered, deployed or verified any more.
    """
    last = fall_back_target(run.records, run.release.id)
    if last is None:
        return StepResult("no other release was verified here to roll back to", "skipped")
    earlier = fetch(run, last)
    for step in (render, deploy, verify):
        step(earlier)
    run.store.keep(earlier.release.keys)  # what it lacked was copied as if no record named it
    run.fell_back_to = last.release
    run.fell_back_with = dict(earlier.rendering.parameters)
    return StepResult(f"release {short(last.release)} is deployed and verified again")


def fetch(run: Promotion, last: Record) -> Earlier:
    """Copy the release of a record from the environment's own bucket, and unpack it.

    Its folder is its own: that of the release that failed stays to be looked at.
    """
    folder = ReleaseFolder(run.checkout.releases / last.release)
    download(folder, run.store)
    work = run.checkout.work(f"{run.environment.name}-fall-back")
    release, settings = unpack(folder, run.target, work, run.environment)
    return Earlier(
        session=run.session,
        target=run.target,
        environment=run.environment,
        store=run.store,
        folder=folder,
        release=release,
        settings=settings,
        work=work,
        say=run.say,
    )
