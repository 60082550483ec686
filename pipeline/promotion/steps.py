"""`baton promote`: the steps, in order, and which of their failures are history."""

from __future__ import annotations

from collections.abc import Callable

from codegen.errors import BatonError
from pipeline.console import Progress
from pipeline.environment_lock import alone
from pipeline.promotion.deployment import deploy, render
from pipeline.promotion.eligibility import eligible
from pipeline.promotion.fetching import fetch
from pipeline.promotion.gates import gates
from pipeline.promotion.planning import apply, approve, plan
from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.promotion.recording import record
from pipeline.promotion.records import Record
from pipeline.promotion.verification import verify
from pipeline.step_runner import run_step

Step = Callable[[Promotion], StepResult]

STEPS: tuple[Step, ...] = (
    eligible,
    fetch,
    plan,
    gates,
    approve,
    apply,
    render,
    deploy,
    verify,
    record,
)
# From here on the environment's application has been touched: a failure is part of its history.
RECORDED_FAILURES = (deploy, verify)


def promote(run: Promotion, progress: Progress) -> Record:
    """Run the steps in order. Each is safe to repeat: a run that died is simply run again.

    Returns
    -------
    Record
        The promotion record, as stored.

    Raises
    ------
    BatonError
        A step failed or refused; a failed deployment or verification has been recorded.
    """
    with alone(run.checkout, run.environment.name):
        for step in STEPS:
            try:
                run_step(step, run, progress)
            except BatonError as error:
                if step in RECORDED_FAILURES and error.exit_code == BatonError.exit_code:
                    _record_failure(f"{step.__name__}: {error.message}", run, progress)
                raise
    assert run.record is not None  # noqa: S101 - the last step has set it
    return run.record


def _record_failure(failure: str, run: Promotion, progress: Progress) -> None:
    run.failure = failure
    try:
        run_step(record, run, progress)
    except BatonError as error:  # what failed first is what the user must see
        progress.say(f"the failure could not be recorded: {error.message}")
