"""`baton plan`: what a promotion would plan, and what its gates say; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from codegen.errors import BatonError, NotEligibleError, UsageError
from pipeline.adapters.store import ArtifactStore
from pipeline.locking.environment import LEASE_SECONDS, lock_file
from pipeline.locking.holder import Holder
from pipeline.locking.machine import machine_lock
from pipeline.promotion.choosing import named
from pipeline.promotion.gates.results import GateResult
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.recovery import telling
from pipeline.promotion.steps import plan as planning
from pipeline.promotion.steps.eligible import named_here, reach, select
from pipeline.promotion.steps.fetch import fetch
from pipeline.promotion.steps.gates import run_gates
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import short
from pipeline.runs.console import Progress
from pipeline.runs.step_runner import StepResult, run_step


@dataclass
class Preview(Promotion):
    """A promotion as far as it changes nothing, beside any that is at work.

    It has folders of its own, and takes no lock but Terraform's.
    """

    not_yet: str = ""  # why a promotion would be refused before it planned anything
    nothing: str = ""  # why nothing is planned
    results: list[GateResult] = field(default_factory=list)

    @property
    def place(self) -> str:
        """What its folders of work and logs are called."""
        return f"{self.environment.name}-plan"

    @property
    def done(self) -> bool:
        """Whether this release is what the newest record has verified, with nothing to plan."""
        newest = self.records[-1] if self.records else None
        runs = newest is not None and newest.verified and newest.release == self.release.id
        return runs and bool(self.nothing)

    @property
    def refused(self) -> list[GateResult]:
        """The gates that refuse."""
        return [result for result in self.results if result.outcome == "refused"]


def choose(run: Preview) -> StepResult:
    """Choose the release as a promotion would; one that may not be promoted yet can be planned too.

    A pull request asks what it would change in prod, long before dev has seen it.

    Raises
    ------
    NotEligibleError
        No release is named and none could be promoted; or the one that is named is nowhere.
    UsageError
        What is named is no id of a release, or of several.
    BatonError
        The environment, or its records, cannot be read.
    """
    reach(run)
    try:
        return select(run)
    except BatonError as error:
        if run.options.release is None or isinstance(error, UsageError):
            raise
        run.not_yet = error.message
    release_id, where = _found(run, run.options.release)
    run.folder = ReleaseFolder(run.checkout.releases / release_id)
    return StepResult(f"{short(release_id)} {where}; not to be promoted yet: {run.not_yet}")


def _found(run: Preview, wanted: str) -> tuple[str, str]:
    """The release, on this machine or in the environment's own bucket."""
    run.source = None
    try:
        return named_here(wanted, run.checkout), "built or fetched here"
    except NotEligibleError:
        release_id = named(wanted, run.records, run.environment.name)
    run.source = ArtifactStore(run.session, run.environment)
    return release_id, f"promoted to {run.environment.name} before"


def plan(run: Preview) -> StepResult:
    """Plan as a promotion would; raises as that does."""
    result = planning.plan(run)
    run.nothing = result.detail if result.outcome == "skipped" else ""
    return result


def gates(run: Preview) -> StepResult:
    """Run every gate, and note what each says; none of them ends the preview.

    Raises
    ------
    BatonError
        A gate could not be run.
    """
    run.results = run_gates(run)
    return StepResult("\n".join(f"{each.name}: {each.outcome}" for each in run.results))


def preview(run: Preview, progress: Progress) -> Preview:
    """Choose, fetch, plan, and ask the gates.

    Raises
    ------
    BatonError
        A step failed; or the environment is being planned from this checkout already.
    """
    holder = Holder.here(f"plan {run.environment.name}", LEASE_SECONDS)
    with machine_lock(lock_file(run.checkout, run.place), run.environment.name, holder):
        run_step(choose, run, progress, "choose")
        run_step(fetch, run, progress)
        run_step(telling(plan, "plan"), run, progress, "plan")
        run_step(gates, run, progress)
    return run
