"""The saved plans: made, shown, approved, and applied exactly as they were saved."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.errors import BatonError, GateRefusedError
from codegen.sources.s3 import read_outputs
from codegen.sources.state import StateError, WrongStateError
from pipeline.adapters.states import StateStore
from pipeline.promotion import plans
from pipeline.promotion.approval import approved
from pipeline.promotion.gates.gates import gates
from pipeline.promotion.plans import UnitPlan
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.records.record import Record, last_verified
from pipeline.promotion.saved_plans import check_untouched, read_plans
from pipeline.release.manifest import short
from pipeline.step_runner import StepResult

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment


def plan(run: Promotion) -> StepResult:
    """Save a plan for each unit, unless nothing can have changed since the last verified run.

    Raises
    ------
    WrongStateError
        A state is another environment's: Terraform would take what is in it for this one's.
    UnitsFailedError
        A unit could not be planned.
    GateRefusedError
        It is not the plan that was expected.
    """
    reason = nothing_to_plan(run)
    if reason and not run.options.force_plan:
        _check_expected(run)
        return StepResult(reason, "skipped")
    shutil.rmtree(run.plan_folder, ignore_errors=True)
    if run.options.dry_run and not StateStore(run.session, run.environment).bucket.exists():
        run.terragrunt.without_states()  # making the bucket would be a change
    _plan_units(run, run.units)
    _check_expected(run)
    return StepResult(summary(run.plans))


def _check_expected(run: Promotion) -> None:
    """What was approved elsewhere was a plan: another one was approved by nobody."""
    expected, found = run.options.expect_plan, plans.digest(run.plans)
    if expected is not None and expected != found:
        name = run.environment.name
        raise GateRefusedError(
            f"{name}: the plan is {found[:12]} now, and not {expected[:12]}, which was approved:\n"
            f"{summary(run.plans)}",
            f"look at it, and approve it anew: ./baton plan {name} {short(run.release.id)}",
        )


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


def _plan_units(run: Promotion, units: list[str]) -> None:
    run.terragrunt.plan(run.plan_folder, units)
    run.plans = read_plans(run.plan_folder, units)
    run.planned |= {plan.unit: plan for plan in run.plans}
    run.plan_digests.append(plans.digest(run.plans))


def nothing_to_plan(run: Promotion) -> str | None:
    """Why there is nothing to plan: same infrastructure, same states; None if that is not so."""
    last = unchanged_since(run.session, run.environment, run.units, run.infrastructure, run.records)
    return f"infrastructure and states are those of promotion {last.number}" if last else None


def unchanged_since(
    session: boto3.Session,
    environment: Environment,
    units: Sequence[str],
    infrastructure: str,
    records: Sequence[Record],
) -> Record | None:
    """The last verified promotion, if neither infrastructure nor any state has changed since.

    Parameters
    ----------
    infrastructure:
        Digest of the source tree that would be planned.
    records:
        The environment's promotion records.

    Raises
    ------
    WrongStateError
        A state is another environment's, or a copy of another unit's.
    """
    try:
        states = read_outputs(session, environment, units)
    except WrongStateError:
        raise
    except StateError:  # none yet, or none that can be read: planning will tell
        return None
    last = last_verified(records)
    if last is None or last.infrastructure != infrastructure:
        return None
    same = dict(states.serials) == last.serials and dict(states.lineages) == last.lineages
    return last if same else None


def summary(unit_plans: Sequence[UnitPlan]) -> str:
    """What would change in each unit, and all that would go; one line when nothing would."""
    changing = [plan for plan in unit_plans if plan.has_changes or plan.tainted]
    if not changing:
        return f"{len(unit_plans)} units, no changes" if unit_plans else "nothing was planned"
    lines = [f"{len(changing)} of {len(unit_plans)} units change"]
    for unit in changing:
        wait = " (on mocked values: planned again once its dependencies are there)"
        lines.append(f"{unit.unit}: {unit.summary}{wait if unit.tainted else ''}")
        lines += [f"  {change.action} {change.address}" for change in unit.taken_away]
    return "\n".join(lines)


def approve(run: Promotion) -> StepResult:
    """Ask a person before a protected environment changes.

    It is protected where the release, the checkout or the records say so: a release that takes the
    protection off is approved itself.

    Raises
    ------
    UsageError
        There is nobody to ask.
    GateRefusedError
        The answer was no.
    """
    what = to_approve(run)
    return approved(run, what, f"Promote {what} to {run.environment.name}?\n{summary(run.plans)}")


def to_approve(run: Promotion) -> str:
    """What an approval is given for: the release, and the plan as it was last made."""
    plan_ = f"plan {run.plan_digests[-1][:12]}" if run.plans else "nothing to plan"
    return f"release {short(run.release.id)}, {plan_}"


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
        _plan_units(run, sorted(held))
        run.say(summary(run.plans))
        gates(run)
        _check_shown(run, shown)
        approve(run)
    if not applied:
        return StepResult("no changes", "skipped")
    return StepResult(f"applied: {', '.join(applied)}")
