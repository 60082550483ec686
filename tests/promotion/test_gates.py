"""All gates are run, and the findings of all of them are reported together."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.errors import (
    BatonError,
    GateRefusedError,
    Interrupted,
    NotEligibleError,
    SettingsError,
)
from pipeline.promotion.gates.results import GateResult, refusal
from pipeline.promotion.steps import gates

REFUSED = GateResult("losses", "refused", "a table would be destroyed", ("data: the table",), "no")
ERRORS = [
    BatonError("the log is full", "empty it"),
    SettingsError("policies/not-adopted.yaml:3: no reason", "give one"),
    NotEligibleError("not here"),
    GateRefusedError("not this"),
    KeyError("TableName"),
]


def _gate(outcome: Any) -> Any:
    def gate(run: Any) -> GateResult:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return gate


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run these gates: name → result, or what is raised."""

    def run(**outcomes: Any) -> list[GateResult]:
        monkeypatch.setattr(gates, "GATES", {name: _gate(each) for name, each in outcomes.items()})
        return gates.run_gates(None)  # type: ignore[arg-type]

    return run


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("first", [True, False])
def test_a_refusal_is_reported_whatever_another_gate_raises(
    found: Any, error: Exception, first: bool
) -> None:
    # Given a gate that refuses, and one that cannot be run
    outcomes = {"policy": error, "losses": REFUSED}

    # When both are run, in either order
    results = found(**outcomes if first else dict(reversed(outcomes.items())))

    # Then both are reported as one refusal, with both ways out
    said = refusal(results)
    assert said is not None
    assert said.exit_code == 4
    assert "data: the table" in said.message
    assert "gate policy could not be run" in said.message
    assert str(error.args[0]) in said.message
    assert "no" in said.remedy.split()
    assert getattr(error, "remedy", "") in said.remedy


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_keeps_one_gate_from_being_run_is_raised_where_no_other_refuses(
    found: Any, error: Exception
) -> None:
    with pytest.raises(type(error)) as raised:
        found(policy=error, losses=GateResult("losses", "passed", "nothing"))

    assert raised.value is error


def test_what_keeps_several_gates_from_being_run_is_raised_together(found: Any) -> None:
    settings = SettingsError("not-adopted.yaml:3: no reason", "give one")

    with pytest.raises(BatonError, match="no reason") as raised:
        found(policy=settings, breaking=BatonError("the bucket is gone", "look for it"))

    assert "gate breaking could not be run: the bucket is gone" in raised.value.message
    assert raised.value.remedy.split() == ["give", "one", "look", "for", "it"]


@pytest.mark.parametrize("interruption", [Interrupted("Ctrl-C"), KeyboardInterrupt()])
def test_an_interruption_ends_it_and_no_further_gate_is_run(
    found: Any, interruption: BaseException
) -> None:
    with pytest.raises(type(interruption)):
        found(policy=interruption, losses=AssertionError("was run"))
