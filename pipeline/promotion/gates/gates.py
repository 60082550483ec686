"""All gates, one after the other: what each finds is told at once."""

from __future__ import annotations

from collections.abc import Callable

from codegen.errors import BatonError
from pipeline.promotion.gates.breaking import check_breaking
from pipeline.promotion.gates.contract import check_contract
from pipeline.promotion.gates.delivery import check_delivery
from pipeline.promotion.gates.losses import check_losses
from pipeline.promotion.gates.policy import check_policy
from pipeline.promotion.gates.results import GateResult, refusal
from pipeline.promotion.gates.units import check_units
from pipeline.promotion.promotion import Promotion
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


GATES: dict[str, Callable[[Promotion], GateResult]] = {
    "contract": check_contract,
    "units": check_units,
    "breaking": check_breaking,
    "losses": check_losses,
    "delivery": check_delivery,
    "policy": check_policy,
}
