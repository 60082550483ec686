"""Says, where Terraform failed or the run before was killed, what may be left of that."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from codegen.errors import BatonError
from pipeline.adapters.states import StateStore
from pipeline.adapters.tagging import tagged
from pipeline.adapters.terragrunt import UnitsFailedError
from pipeline.promotion import orphans

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion
    from pipeline.runs.step_runner import StepResult

AnyPromotion = TypeVar("AnyPromotion", bound="Promotion")


def telling(
    step: Callable[[AnyPromotion], StepResult], verb: str
) -> Callable[[AnyPromotion], StepResult]:
    """`step`, with what is left said where it fails, or where the run before was killed.

    Parameters
    ----------
    step:
        It runs Terragrunt over the units.
    verb:
        What Terragrunt does then: "plan", "apply".
    """

    def told(run: AnyPromotion) -> StepResult:
        try:
            result = step(run)
        except UnitsFailedError as error:
            lines = left(run, orphans.taken(_report(run, verb)))
            if lines:
                said = "\n".join(f"  - {line}" for line in lines)
                error.message += f"\nwhat may be left of a run that was killed:\n{said}"
            raise
        if run.died is not None and verb == "plan":
            run.say(f"the run before did not end in order: {run.died}")
            for line in left(run, []):
                run.say(line)
        return result

    return told


def left(run: Promotion, taken: list[orphans.Taken]) -> list[str]:
    """What is left, line by line; what cannot be looked at is no error of its own."""
    try:
        store = StateStore(run.session, run.environment)
        arns = tagged(run.session, run.environment)
        if arns is not None:
            arns = orphans.untracked(arns, store.read_all().values())
        return orphans.said(run.environment, taken, arns, store.locks())
    except BatonError as error:
        return [*orphans.said(run.environment, taken, (), ()), error.message]


def _report(run: Promotion, verb: str) -> list[dict[str, Any]]:
    log = run.checkout.log(run.place, f"terragrunt-{verb}")
    try:
        report: list[dict[str, Any]] = json.loads(log.with_suffix(".json").read_text())
    except (OSError, ValueError):
        return []
    return report
