"""Runs one step of a promotion or a destruction: timed, told, and noted however it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol, TypeVar

from codegen.errors import BatonError
from pipeline.adapters import process
from pipeline.console import Progress, stopwatch
from pipeline.promotion.promotion import StepResult
from pipeline.promotion.records import StepRecord


class Run(Protocol):
    """What a step is given; all that the runner needs of it is the list of what has ended."""

    steps: list[StepRecord]


AnyRun = TypeVar("AnyRun", bound=Run)


def run_step(step: Callable[[AnyRun], StepResult], run: AnyRun, progress: Progress) -> None:
    """Run a step; `run.steps` has it afterwards, also where it failed or was interrupted.

    Parameters
    ----------
    step:
        Its name is the function's.
    run:
        What the step is given.
    progress:
        Shows the step while it is at work, and how it ended.

    Raises
    ------
    BatonError
        What the step has raised.
    """
    name, started, before = step.__name__, stopwatch(), dict(process.spent)
    outcome: Literal["done", "skipped", "failed"] = "failed"
    detail = "interrupted"
    try:
        with progress.step(name):
            result = step(run)
        outcome, detail = result.outcome, result.detail
    except BatonError as error:
        detail = error.message.splitlines()[0]
        raise
    finally:
        seconds = stopwatch() - started
        run.steps.append(
            StepRecord(
                name=name,
                outcome=outcome,
                seconds=round(seconds, 2),
                detail=detail,
                tools=_since(before),
            )
        )
        progress.end(name, outcome, seconds, detail)


def _since(before: Mapping[str, float]) -> dict[str, float]:
    """The seconds for which each tool was waited for, after `before`."""
    waited = {tool: total - before.get(tool, 0.0) for tool, total in process.spent.items()}
    return {tool: round(seconds, 2) for tool, seconds in waited.items() if seconds}
