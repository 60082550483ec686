"""Runs the steps of a promotion or a rollback in order, or only says what they would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.locking.environment import alone
from pipeline.promotion.ending import end
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.protection import COMMAND
from pipeline.records.record import Record
from pipeline.runs.console import Progress
from pipeline.runs.step_runner import StepResult, run_step

Do = Callable[[Promotion], StepResult]


@dataclass(frozen=True)
class Step:
    """One step of a run. Each is safe to repeat: a run that died is simply run again.

    Parameters
    ----------
    name:
        What it is called on the terminal and in the record.
    do:
        Does it.
    would:
        Says, changing nothing, what it would do; None where doing it changes nothing out there.
    changes:
        Before it begins it is made sure once more that no other run is at work.
    recorded_failure:
        It works on the application itself, or comes after that: whatever ends it is recorded.
    """

    name: str
    do: Do
    would: Do | None = None
    changes: bool = False
    recorded_failure: bool = False


def carry_out(
    steps: Sequence[Step], run: Promotion, progress: Progress, *, falls_back: bool = False
) -> Record:
    """Run the steps in order.

    Parameters
    ----------
    falls_back:
        Whether the previous release is deployed again where this one is not verified.

    Returns
    -------
    Record
        As it was stored.

    Raises
    ------
    BatonError
        A step failed or refused; what ended it from the deployment on has been recorded.
    """
    with alone(run.target, run.environment, _command(run), progress.say) as held:
        run.died = held.died
        for step in steps:
            if step.changes:
                held.check()
            try:
                run_step(step.do, run, progress, step.name, ends=not step.recorded_failure)
            except Exception as error:
                if not step.recorded_failure:
                    raise
                ended = end(error, step.name, run, progress, held, falls_back=falls_back)
                if ended is error:
                    raise
                raise ended from error
    assert run.record is not None  # noqa: S101 - the last step has set it
    return run.record


def rehearse(steps: Sequence[Step], run: Promotion, progress: Progress) -> dict[str, Any]:
    """Do what changes nothing in the environment, and say what the other steps would do.

    Returns
    -------
    dict
        For machines: which release it is about, and how each step ended or what it would do.

    Raises
    ------
    BatonError
        A step failed or refused, as it would for real.
    """
    with alone(run.target, run.environment, f"{_command(run)} --dry-run", lease=False):
        for step in steps:
            run_step(step.would or step.do, run, progress, step.name)
    return {
        "dry_run": True,
        "kind": run.kind,
        "environment": run.environment.name,
        "release": run.release.id,
        "steps": [step.model_dump() for step in run.steps],
    }


def _command(run: Promotion) -> str:
    return f"{COMMAND[run.kind]} {run.environment.name}"
