"""Step `apply`: the saved plans are applied exactly as they were saved."""

from __future__ import annotations

from codegen.errors import BatonError, GateRefusedError
from pipeline.promotion import plans
from pipeline.promotion.plan_summary import summary
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.saved_plans import check_untouched
from pipeline.promotion.steps.approve import approve
from pipeline.promotion.steps.gates import gates
from pipeline.promotion.steps.plan import plan_units
from pipeline.release.manifest import short
from pipeline.runs.step_runner import StepResult, would


def apply(run: Promotion) -> StepResult:
    """Apply the saved plans; those made on values of before, or on mocks, are made again first.

    What is planned again goes through the gates and the approval again.

    Raises
    ------
    UnitsFailedError
        A unit could not be applied.
    BatonError
        A plan stays tainted although its dependencies are there, or a saved one was changed.
    """
    if not run.plans:
        return StepResult("nothing was planned", "skipped")
    dependencies = run.terragrunt.dependencies()
    applied: list[str] = []
    while True:
        held = plans.waiting(run.plans, dependencies)
        ready = [plan.unit for plan in run.plans if plan.has_changes and plan.unit not in held]
        if ready:
            check_untouched(run.plan_folder, (p for p in run.plans if p.unit in ready))
            run.terragrunt.apply(run.plan_folder, ready)
            applied += ready
        if not held:
            break
        if not ready:
            raise BatonError(
                f"the plan of {', '.join(sorted(held))} has mocked values, and nothing is left to "
                "apply that would give it real ones",
                "look for a dependency without outputs in units/",
            )
        run.say(
            f"planning again, now that {', '.join(ready)} is applied: {', '.join(sorted(held))}"
        )
        shown = plans.taken_away(run.planned.values())
        plan_units(run, sorted(held))
        run.say(summary(run.plans))
        gates(run)
        _check_shown(run, shown)
        approve(run)
    if not applied:
        return StepResult("no changes", "skipped")
    return StepResult(f"applied: {', '.join(applied)}")


def _check_shown(run: Promotion, shown: frozenset[str]) -> None:
    """What was approved elsewhere has shown the units that waited as they were planned then."""
    more = sorted(plans.taken_away(run.plans) - shown)
    if run.options.expect_plan and more:
        name = run.environment.name
        raise GateRefusedError(
            f"{name}: now that what they depend on is applied, the plans take away what the "
            "approved ones did not:\n" + "\n".join(f"  - {each}" for each in more),
            f"what is applied stays; look at the rest, and approve it: ./baton plan {name} "
            f"{short(run.release.id)}",
        )


def would_apply(run: Promotion) -> StepResult:
    """Say which saved plans would be applied, and which made again first."""
    changing = [plan for plan in run.plans if plan.has_changes or plan.tainted]
    if not changing:
        return StepResult("no changes" if run.plans else "nothing was planned", "skipped")
    held = plans.waiting(run.plans, run.terragrunt.dependencies())
    now = [f"{plan.unit} ({plan.summary})" for plan in changing if plan.unit not in held]
    parts = [f"apply {', '.join(now)}"] if now else []
    if held:
        parts.append(
            f"plan again, gate and approve before they are applied: {', '.join(sorted(held))}"
        )
    return would("; then ".join(parts))
