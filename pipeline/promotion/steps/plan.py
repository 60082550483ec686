"""Step `plan`: a plan is saved for each unit, unless nothing can have changed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.errors import GateRefusedError
from codegen.sources.s3 import read_outputs
from codegen.sources.state import StateError, WrongStateError
from pipeline.adapters.states import StateStore
from pipeline.promotion import plans
from pipeline.promotion.plan_summary import summary
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.saved_plans import read_plans
from pipeline.records.record import Record, last_verified
from pipeline.release.manifest import short
from pipeline.runs.step_runner import StepResult

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
    plan_units(run, run.units)
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
            f"look at it, and approve it again: ./baton plan {name} {short(run.release.id)}",
        )


def plan_units(run: Promotion, units: list[str]) -> None:
    """Save a plan for each of these units, and read it."""
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
