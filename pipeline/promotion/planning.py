"""The saved plans: made, shown, approved, and applied exactly as they were saved."""

from __future__ import annotations

import shutil
import sys

from codegen.errors import BatonError, GateRefusedError, UsageError
from codegen.outputs import read_outputs
from codegen.state import StateError, StateOutputs
from pipeline.promotion import gates, plans
from pipeline.promotion.plans import UnitPlan, read_plans
from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.promotion.records import last_verified
from pipeline.release.manifest import short


def plan(run: Promotion) -> StepResult:
    """Save a plan for each unit, unless nothing can have changed since the last verified run.

    Raises
    ------
    UnitsFailedError
        A unit could not be planned.
    """
    reason = None if run.options.force_plan else nothing_to_plan(run)
    if reason:
        return StepResult(reason, "skipped")
    shutil.rmtree(run.plan_folder, ignore_errors=True)
    _plan_units(run, run.units)
    return StepResult(summary(run.plans))


def _plan_units(run: Promotion, units: list[str]) -> None:
    run.terragrunt.plan(run.plan_folder, units)
    run.plans = read_plans(run.plan_folder, units)
    run.planned |= {plan.unit: plan for plan in run.plans}


def nothing_to_plan(run: Promotion) -> str | None:
    """Why there is nothing to plan: same infrastructure, same states; None if that is not so."""
    last = last_verified(run.records)
    if last is None or last.infrastructure != run.infrastructure:
        return None
    try:
        states = read_outputs(run.session, run.environment, run.units)
    except StateError:  # none yet, or none that can be read: planning will tell
        return None
    if not same_states(states, last.serials, last.lineages):
        return None
    return f"infrastructure and states are those of promotion {last.number}"


def same_states(states: StateOutputs, serials: dict[str, int], lineages: dict[str, str]) -> bool:
    """Whether no state was written since these serials and lineages were noted."""
    return dict(states.serials) == serials and dict(states.lineages) == lineages


def summary(unit_plans: list[UnitPlan]) -> str:
    """One line per unit that would change; one in all when none would."""
    changing = [plan for plan in unit_plans if plan.has_changes or plan.tainted]
    if not changing:
        return f"{len(unit_plans)} units, no changes"
    lines = [f"{len(changing)} of {len(unit_plans)} units change"]
    for unit in changing:
        wait = " (on mocked values: planned again once its dependencies are there)"
        lines.append(f"{unit.unit}: {unit.summary}{wait if unit.tainted else ''}")
    return "\n".join(lines)


def approve(run: Promotion) -> StepResult:
    """Ask a person before a protected environment changes.

    Raises
    ------
    UsageError
        There is nobody to ask.
    GateRefusedError
        The answer was no.
    """
    if not run.settings.protected:
        return StepResult(f"{run.environment.name} is not protected", "skipped")
    what = f"release {short(run.release.id)}, plan {plans.digest(run.plans)[:12]}"
    if run.options.approved:
        run.approved_by = f"{run.by} (--yes)"
        return StepResult(f"{what}, by {run.approved_by}")
    if run.confirm is None:
        raise UsageError(
            f"{run.environment.name} is protected and there is no terminal to ask at",
            f"./baton promote {run.environment.name} --yes",
        )
    if not run.confirm(f"Promote {what} to {run.environment.name}?\n{summary(run.plans)}"):
        raise GateRefusedError(f"{run.environment.name}: not approved")
    run.approved_by = run.by
    return StepResult(f"{what}, by {run.by}")


def apply(run: Promotion) -> StepResult:
    """Apply the saved plans; plan again, gate and approve what was planned on mocked values.

    Raises
    ------
    UnitsFailedError
        A unit could not be applied.
    BatonError
        A plan stays tainted although its dependencies are there.
    """
    if not run.plans:
        return StepResult("nothing was planned", "skipped")
    applied: list[str] = []
    while True:
        ready = [plan.unit for plan in run.plans if plan.has_changes and not plan.tainted]
        tainted = [plan.unit for plan in run.plans if plan.tainted]
        if ready:
            run.terragrunt.apply(run.plan_folder, ready)
            applied += ready
        if not tainted:
            break
        if not ready:
            raise BatonError(
                f"the plan of {', '.join(tainted)} has mocked values, and nothing is left to apply "
                "that would give it real ones",
                "look for a dependency without outputs in units/",
            )
        _plan_units(run, tainted)
        run.say(summary(run.plans))
        gates.gates(run)
        approve(run)
    if not applied:
        return StepResult("no changes", "skipped")
    return StepResult(f"applied: {', '.join(applied)}")


def ask(question: str) -> bool:
    """Ask on the terminal; anything but `yes` is a no."""
    print(question, file=sys.stderr)
    return input("Type yes to go on: ").strip().lower() == "yes"
