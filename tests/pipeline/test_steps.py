"""The runner: steps in order, failures after the deployment began are part of the history."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError, Interrupted
from pipeline.adapters import process
from pipeline.locking.environment import Alone, alone
from pipeline.promotion import ending
from pipeline.promotion import promote as steps
from pipeline.runs.console import Progress
from pipeline.runs.step_runner import StepResult

NAMES = [step.name for step in steps.STEPS]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A run whose steps only note that they were called; `fail` makes one raise."""
    state = SimpleNamespace(
        steps=[],
        failure="",
        interrupted=False,
        may_run=False,
        kind="promotion",
        record=None,
        called=[],
        fail={},
        waits={},
        environment=SimpleNamespace(name="dev"),
        target=SimpleNamespace(checkout=SimpleNamespace(home=tmp_path)),
    )
    monkeypatch.setattr(Alone, "take_lease", lambda *_: None)

    def fake(name: str) -> Callable[[Any], StepResult]:
        def step(run: Any) -> StepResult:
            run.called.append(name)
            process.spent["sam"] = process.spent.get("sam", 0.0) + run.waits.get(name, 0.0)
            if name in run.fail:
                raise run.fail[name]
            if name == "record":
                run.record = SimpleNamespace(verified=not run.failure)
            return StepResult(f"{name} is done", "skipped" if name == "plan" else "done")

        step.__name__ = name
        return step

    fakes = tuple(dataclasses.replace(step, do=fake(step.name)) for step in steps.STEPS)
    monkeypatch.setattr(steps, "STEPS", fakes)
    monkeypatch.setattr(ending, "record", fakes[-1].do)
    monkeypatch.setattr(process, "spent", {})
    return state


@pytest.mark.proves("P4")
def test_the_order_is_the_documented_one() -> None:
    expected = "eligible fetch plan gates approve apply render deploy verify record"

    assert " ".join(NAMES) == expected


def test_every_step_is_run_once_and_told_in_the_record(run: Any) -> None:
    record = steps.promote(run, Progress("", quiet=True))

    assert run.called == NAMES
    assert record.verified
    assert [(s.name, s.outcome) for s in run.steps][:3] == [
        ("eligible", "done"),
        ("fetch", "done"),
        ("plan", "skipped"),
    ]


def test_each_step_says_how_long_it_waited_for_which_tool(run: Any) -> None:
    # Given two steps that wait for a tool
    run.waits = {"fetch": 1.0, "deploy": 7.5}

    # When all have run
    steps.promote(run, Progress("", quiet=True))

    # Then each has its own wait, and the others have none
    waits = {step.name: step.tools for step in run.steps if step.tools}
    assert waits == {"fetch": {"sam": 1.0}, "deploy": {"sam": 7.5}}


@pytest.mark.parametrize("name", ["eligible", "fetch", "plan", "gates", "apply", "render"])
def test_what_fails_before_the_deployment_is_not_recorded(run: Any, name: str) -> None:
    run.fail[name] = GateRefusedError("no") if name == "gates" else BatonError("no")

    with pytest.raises(BatonError, match="no"):
        steps.promote(run, Progress("", quiet=True))

    assert run.called == NAMES[: NAMES.index(name) + 1]


@pytest.mark.proves("P4")
@pytest.mark.parametrize("name", ["deploy", "verify"])
def test_a_failed_deployment_or_verification_is_recorded_and_ends_the_run(
    run: Any, name: str
) -> None:
    run.fail[name] = BatonError("the alias has other code")

    with pytest.raises(BatonError, match="the alias has other code"):
        steps.promote(run, Progress("", quiet=True))

    assert run.called[-2:] == [name, "record"]
    assert run.failure == f"{name}: the alias has other code"
    assert not run.record.verified


def test_ctrl_c_during_the_deployment_is_no_verdict_on_the_release(run: Any) -> None:
    run.fail["deploy"] = Interrupted("interrupted while sam was at work")

    with pytest.raises(Interrupted):
        steps.promote(run, Progress("", quiet=True))

    assert (run.called[-1], run.interrupted) == ("record", True)


def test_what_failed_is_told_even_when_it_cannot_be_recorded(run: Any) -> None:
    run.fail["verify"] = BatonError("the alias has other code")
    run.fail["record"] = BatonError("the bucket is gone")

    with pytest.raises(BatonError, match="the alias has other code"):
        steps.promote(run, Progress("", quiet=True))


def test_two_promotions_to_one_environment_do_not_meet(run: Any) -> None:
    lock = alone(run.target, run.environment, "destroy dev")
    with lock, pytest.raises(BatonError, match="another run is changing dev"):
        steps.promote(run, Progress("", quiet=True))

    assert run.called == []


def test_a_lock_whose_holder_has_ended_holds_nobody(run: Any) -> None:
    with alone(run.target, run.environment, "destroy dev"):
        pass

    assert steps.promote(run, Progress("", quiet=True)).verified
