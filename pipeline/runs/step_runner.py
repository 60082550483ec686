"""Runs one step of a promotion, rollback or destruction: timed, told, noted however it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from codegen.errors import BatonError, Interrupted
from pipeline.adapters import process
from pipeline.runs.console import Progress, stopwatch

Outcome = Literal["done", "skipped", "failed"]


@dataclass(frozen=True)
class StepResult:
    """How a step ended, in a few words for people and for the record."""

    detail: str
    outcome: Literal["done", "skipped"] = "done"


def would(text: str) -> StepResult:
    """What a step would do; it was not done."""
    return StepResult(f"would {text}", "skipped")


class StepRecord(BaseModel):
    """A step of the run: how it ended, how long it took, and what it has to say.

    Parameters
    ----------
    name:
        What it is called in the run's output too.
    outcome:
        How it ended.
    seconds:
        From its beginning to its end.
    detail:
        What it says of itself, for people.
    tools:
        Tool → how many of these seconds it was waited for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    outcome: Outcome
    seconds: float
    detail: str
    tools: dict[str, float] = {}


class Run(Protocol):
    """What a step is given; all that the runner needs of it is the list of what has ended."""

    steps: list[StepRecord]


AnyRun = TypeVar("AnyRun", bound=Run)


def run_step(
    step: Callable[[AnyRun], StepResult],
    run: AnyRun,
    progress: Progress,
    name: str = "",
    *,
    ends: bool = True,
) -> None:
    """Run a step; `run.steps` has it afterwards, also where it failed or was interrupted.

    Parameters
    ----------
    step:
        Does it.
    run:
        What the step is given.
    progress:
        Shows the step while it is at work, and how it ended.
    name:
        What the step is called, where that is not the function's name.
    ends:
        Whether its failure ends the run: then the whole message comes next, and is not begun here.

    Raises
    ------
    Exception
        What the step has raised; `Interrupted` after Ctrl-C, wherever in the step it arrived.
    """
    name = name or step.__name__
    started, before = stopwatch(), dict(process.spent)
    outcome: Outcome = "failed"
    detail, passed = "interrupted", False
    try:
        with progress.step(name):
            result = step(run)
        outcome, detail, passed = result.outcome, result.detail, True
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted in the step {name}", "run the same command again: it goes on"
        ) from None
    except Exception as error:
        detail = summary(error)
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
        progress.end(name, outcome, seconds, detail if passed or not ends else "")


def summary(error: Exception) -> str:
    """What an exception says, in one line; its class too where it is not made for people."""
    if isinstance(error, BatonError):
        return error.message.splitlines()[0]
    return " ".join(f"{type(error).__name__}: {error}".split())


def _since(before: Mapping[str, float]) -> dict[str, float]:
    """The seconds for which each tool was waited for, after `before`."""
    waited = {tool: total - before.get(tool, 0.0) for tool, total in process.spent.items()}
    return {tool: round(seconds, 2) for tool, seconds in waited.items() if seconds}
