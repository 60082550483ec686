"""The gates: what must be right before anything is changed."""

from __future__ import annotations

from collections.abc import Callable

from codegen.check import check
from codegen.errors import BatonError
from pipeline.adapters.states import StateStore
from pipeline.promotion.deployment import release_context
from pipeline.promotion.gates.breaking import check_breaking
from pipeline.promotion.gates.delivery import check_way_in
from pipeline.promotion.gates.losses import idle, losses, options_for
from pipeline.promotion.gates.policy import check_policy
from pipeline.promotion.gates.results import GateResult, refusal
from pipeline.promotion.gates.units import left_behind
from pipeline.promotion.promotion import Promotion
from pipeline.release.manifest import TEMPLATE
from pipeline.step_runner import StepResult


def gates(run: Promotion) -> StepResult:
    """Run every gate; each says in a few words what it looked at.

    Raises
    ------
    GateRefusedError
        Gates found something; the message has all that all of them found.
    BatonError
        A gate could not be run.
    """
    results = run_gates(run)
    if error := refusal(results):
        raise error
    for result in results:
        before = run.gates.get(result.name)
        run.gates[result.name] = f"{before}; then {result.said}" if before else result.said
    return StepResult("\n".join(f"{name}: {said}" for name, said in run.gates.items()))


def run_gates(run: Promotion) -> list[GateResult]:
    """What every gate finds; one that refuses keeps none from being run.

    Raises
    ------
    BatonError
        A gate could not be run, and no other refuses: then that is what there is to tell.
    """
    results: list[GateResult] = []
    failed: dict[str, BatonError] = {}
    for name, gate in GATES.items():
        try:
            results.append(gate(run))
        except BatonError as error:
            if error.exit_code != BatonError.exit_code:  # interrupted: nothing more is to be run
                raise
            failed[name] = error
    if failed and refusal(results) is None:
        raise next(iter(failed.values()))
    return results + [
        GateResult(name, "refused", f"could not be run: {error.message}", remedy=error.remedy)
        for name, error in failed.items()
    ]


def check_contract(run: Promotion) -> GateResult:
    """Templates, modules' outputs and the template's parameters must fit each other."""
    release = release_context(run.folder, run.release, TEMPLATE)
    problems = check(run.work, release.template, [release])
    if problems:
        findings = tuple(map(str, problems))
        return GateResult("contract", "refused", "the hand-off contract is broken", findings)
    return GateResult("contract", "passed", "templates, outputs and parameters fit")


def check_units(run: Promotion) -> GateResult:
    """No unit may be gone from the release whose state holds resources: nobody would plan them."""
    found = left_behind(StateStore(run.session, run.environment).read_all(), run.units)
    if not found:
        return GateResult("units", "passed", "no resource is in the state of a unit that is gone")
    name = run.environment.name
    return GateResult(
        "units",
        "refused",
        "units are not in the release any more, and their resources would stay, planned by nobody",
        tuple(map(str, found)),
        "keep the unit, with an empty module if its resources are to go; or, once no release needs "
        f"them, destroy them where it still is: cd live/{name}/{found[0].unit} && terragrunt "
        "destroy",
    )


def check_losses(run: Promotion) -> GateResult:
    """Nothing that holds data, or that the application stands on, is taken away unasked."""
    lost = losses(run.plans, run.options.allow_destroy)
    if lost:
        return GateResult(
            "losses",
            "refused",
            "the plans take away what cannot be had back",
            tuple(map(str, lost)),
            f"if that is meant: ./baton promote {run.environment.name} {options_for(lost)}",
        )
    allowed = [f"{loss.action} {loss.address}" for loss in losses(run.plans)]
    said = (
        "allowed by name: " + ", ".join(allowed) if allowed else "nothing with data is taken away"
    )
    # what was planned before and is applied by now was allowed as well
    if spare := idle(run.planned.values(), run.options.allow_destroy):
        said += f"; allowed, but no plan destroys it (a slip of the pen?): {', '.join(spare)}"
    return GateResult("losses", "passed", said)


GATES: dict[str, Callable[[Promotion], GateResult]] = {
    "contract": check_contract,
    "units": check_units,
    "breaking": check_breaking,
    "losses": check_losses,
    "delivery": check_way_in,
    "policy": check_policy,
}
