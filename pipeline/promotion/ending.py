"""How a run ends that failed after its deployment began: recorded, and rolled back where it can be.

An interruption is recorded too, and is no verdict on the release: nothing is rolled back.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from pathlib import Path

from codegen.errors import BatonError, Interrupted
from pipeline.locking.environment import Alone
from pipeline.promotion.fallback import fall_back
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.rollback_target import fall_back_target
from pipeline.promotion.steps.record import record
from pipeline.promotion.steps.verify import VerificationError
from pipeline.release.manifest import short
from pipeline.runs.console import Progress
from pipeline.runs.step_runner import run_step, summary


class UnexpectedError(BatonError):
    """Something failed in a way that is not understood: a fault in Baton, most likely."""


def end(
    error: Exception,
    step: str,
    run: Promotion,
    progress: Progress,
    held: Alone,
    *,
    falls_back: bool,
) -> BatonError:
    """Roll back to the previous release where this one may run, and record how the run ended.

    Parameters
    ----------
    error:
        What the step has raised.
    step:
        The step's name.
    held:
        Whoever has lost the lease records nothing, and deploys nothing.
    falls_back:
        Whether a run of this kind falls back.

    Returns
    -------
    BatonError
        What the user has to know: why it failed, what runs now, and what to do.
    """
    known = understood(error, step, run)
    run.failure = f"{step}: {known.message}"
    run.interrupted = isinstance(known, Interrupted)
    try:
        if run.interrupted:
            return _with_what_runs(known, run)
        return _fallen_back(known, run, progress, held) if falls_back and run.may_run else known
    finally:  # also where falling back was interrupted
        _record_failure(run, progress, held)


def understood(error: Exception, step: str, run: Promotion) -> BatonError:
    """The error as people read it; the traceback of one that nobody has foreseen is kept."""
    if isinstance(error, BatonError):
        return error
    log = run.checkout.log(run.place, "traceback")
    kept = _kept(error, log)
    return UnexpectedError(
        f"{run.environment.name}: {step} broke off: {summary(error)}",
        f"this is a fault in Baton; report it with {log}" if kept else "this is a fault in Baton",
    )


def _kept(error: Exception, log: Path) -> bool:
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)))
        return True
    return False


def _fallen_back(error: BatonError, run: Promotion, progress: Progress, held: Alone) -> BatonError:
    try:
        held.check()
        run_step(fall_back, run, progress, "fall back", ends=False)
    except Interrupted as problem:
        run.failure += f"\nfall back: {problem.message}"
        raise
    except Exception as problem:  # noqa: BLE001 - what failed first is what the user must see
        why = understood(problem, "fall back", run)
        run.failure += f"\nfall back: {why.message}"
        return explained(error, run, why)
    return explained(error, run)


def _record_failure(run: Promotion, progress: Progress, held: Alone) -> None:
    try:
        held.check()  # who has taken over must not find this run's record after its own
        run_step(record, run, progress, ends=False)
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 - what failed first is what the user must see
        progress.say(f"the failure could not be recorded: {summary(error)}")


def explained(error: BatonError, run: Promotion, problem: BatonError | None = None) -> BatonError:
    """Say what runs now, and what to do.

    Parameters
    ----------
    error:
        Why the run failed.
    run:
        After it has fallen back, or has tried to.
    problem:
        Why that failed; None where it did not.
    """
    name, failed = run.environment.name, short(run.release.id)
    last = fall_back_target(run.records, run.release.id)
    to_do = f"./baton promote {name} {failed}"
    if isinstance(error, VerificationError):  # what failed is the release, and not the way there
        to_do = f"fix it, ./baton build, ./baton promote {name}"
    if problem is not None and last is not None:
        runs = f"and the roll back to release {short(last.release)} failed: {problem.message}"
        again = f"./baton rollback {name} {short(last.release)}"
        to_do = _then(problem.remedy, again)
    elif run.fell_back_to:
        runs = (
            f"rolled back: release {short(run.fell_back_to)} runs in {name} again and is verified, "
            f"on what Terraform has applied for {failed}"
        )
    else:
        runs = f"release {failed} stays deployed: no other release was verified in {name}"
    return error.extended(f"{error.message}\n{runs}", _then(error.remedy, to_do))


def _then(first: str, second: str) -> str:
    """Two things to do, each on lines of its own: the first may be a command to paste."""
    return f"{first}\n        then {second}" if first else second


def _with_what_runs(error: BatonError, run: Promotion) -> BatonError:
    if not run.may_run:
        return error
    name, release = run.environment.name, short(run.release.id)
    return error.extended(
        f"{error.message}\nrelease {release} may run in {name} now, and is not verified",
        f"{error.remedy}; or ./baton rollback {name}" if run.kind == "promotion" else error.remedy,
    )
