"""All gates, one after the other; the findings of all of them are reported together."""

from __future__ import annotations

from collections.abc import Callable

from codegen.errors import BatonError, Interrupted
from pipeline.promotion.gates.breaking import check_breaking
from pipeline.promotion.gates.contract import check_contract
from pipeline.promotion.gates.delivery import check_delivery
from pipeline.promotion.gates.losses import check_losses
from pipeline.promotion.gates.policy import check_policy
from pipeline.promotion.gates.results import GateResult, joined_remedies, refusal
from pipeline.promotion.gates.units import check_units
from pipeline.promotion.promotion import Promotion
from pipeline.runs.step_runner import StepResult, summary


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
    """Run every gate, whatever the others find.

    Returns
    -------
    list
        What each found. Where one refuses, a gate that could not be run is among the refusals.

    Raises
    ------
    Interrupted
        No further gate was run.
    Exception
        One gate could not be run, and no other refuses: its own error.
    BatonError
        Several could not be run, and no other refuses.
    """
    results: list[GateResult] = []
    failed: dict[str, Exception] = {}
    for name, gate in GATES.items():
        try:
            results.append(gate(run))
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 - it must not hide what other gates find
            failed[name] = error
    not_run = [_not_run(name, error) for name, error in failed.items()]
    if failed and refusal(results) is None:
        first, *others = failed.values()
        if not others:
            raise first
        raise BatonError("\n".join(map(str, not_run)), joined_remedies(not_run)) from first
    return results + not_run


def _not_run(name: str, error: Exception) -> GateResult:
    said = error.message if isinstance(error, BatonError) else summary(error)
    remedy = error.remedy if isinstance(error, BatonError) else ""
    return GateResult(name, "refused", f"gate {name} could not be run: {said}", remedy=remedy)


GATES: dict[str, Callable[[Promotion], GateResult]] = {
    "contract": check_contract,
    "units": check_units,
    "breaking": check_breaking,
    "losses": check_losses,
    "delivery": check_delivery,
    "policy": check_policy,
}
