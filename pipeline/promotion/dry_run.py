"""What the steps that change an environment would do, found out without changing anything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.problems import ContractError
from codegen.sources.s3 import read_outputs
from codegen.sources.state import StateError, WrongStateError
from pipeline.adapters.sam import Sam
from pipeline.deployed.differences import differences
from pipeline.promotion import plans
from pipeline.promotion.approval import by_option, check_can_approve
from pipeline.promotion.deployment import lacking, rendered
from pipeline.promotion.fallback import to_fall_back_to
from pipeline.promotion.planning import to_approve
from pipeline.promotion.recording import next_number
from pipeline.release.manifest import short
from pipeline.step_runner import StepResult

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion


def would(text: str) -> StepResult:
    """What a step would do: it was passed over."""
    return StepResult(f"would {text}", "skipped")


def approve(run: Promotion) -> StepResult:
    """Say who would have to approve what."""
    return approval(run, to_approve(run))


def approval(run: Promotion, what: str) -> StepResult:
    """Say who would have to approve `what`, if anybody."""
    said = check_can_approve(run, run.environment, run.settings)
    if said is None:
        return StepResult(f"{run.environment.name} is not protected", "skipped")
    if run.options.approved:
        return would(f"take {what} as approved by {by_option(run)}")
    return would(f"ask a person to approve {what}: {run.environment.name} is protected, {said}")


def apply(run: Promotion) -> StepResult:
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


def render(run: Promotion) -> StepResult:
    """Render from the outputs as they are now, into memory; say what would be other than deployed.

    Raises
    ------
    StateError, ContractError
        It cannot be rendered, and nothing would be applied before that could mend it.
    """
    try:
        run.outputs = read_outputs(run.session, run.environment, run.units)
        run.rendering = rendered(run, run.outputs)
    except WrongStateError:
        raise
    except (StateError, ContractError):
        if not any(plan.has_changes or plan.tainted for plan in run.plans):
            raise
        return would("render the hand-off from outputs that are there once the plans are applied")
    stack = Sam(run.session, run.environment, run.target).stack()
    count = f"render {len(run.rendering.parameters)} parameters"
    if stack is None:
        return would(f"{count}; nothing is deployed yet")
    if any(plan.outputs_change for plan in run.plans):
        count += ", on the outputs of before the plans are applied"
    changed = [each.what for each in differences(run.rendering.parameters, stack.parameters)]
    if not changed:
        return would(f"{count}, all as they are deployed now")
    return would(f"{count}, {len(changed)} of them other than deployed now:\n{', '.join(changed)}")


def deploy(run: Promotion) -> StepResult:
    """Say how much would be copied, and onto which stack it would be deployed."""
    there = run.store.exists()
    count = sum(1 for _ in lacking(run)) if there else len(run.release.names)
    sam = Sam(run.session, run.environment, run.target)
    stack = sam.stack()
    state = f"which is {stack.status}" if stack else "which is not there yet"
    return would(f"copy {count} objects, and deploy the stack {sam.name}, {state}")


def verify(run: Promotion) -> StepResult:
    """Say what would be verified, and what would happen where that fails."""
    last = to_fall_back_to(run) if run.kind == "promotion" else None
    otherwise = f"; if it fails, roll back to release {short(last.release)}" if last else ""
    return would(f"compare what runs with the release, and send a ticket through it{otherwise}")


def record(run: Promotion) -> StepResult:
    """Say which record would be written."""
    return would(f"record {run.kind} {next_number(run.records)} of {run.environment.name}")
