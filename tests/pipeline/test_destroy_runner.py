"""The runner of a destruction: nothing before the confirmation, and every failure goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError, Interrupted, SettingsError, UsageError
from pipeline.checkout import Checkout
from pipeline.destruction import runner
from pipeline.destruction.contents import UnitContents
from pipeline.destruction.destruction import Destruction, Options
from pipeline.destruction.inventory import Inventory
from pipeline.locking.environment import Alone, alone
from pipeline.runs.console import Progress
from pipeline.runs.step_runner import StepResult
from pipeline.target import Target
from tests.pipeline.builders import environment

NAMES = [step.__name__ for step in runner.STEPS]
FULL = Inventory("CREATE_COMPLETE", (UnitContents("data", ("a.b",)),), {}, (), True)
EMPTY = Inventory(None, (), {}, (), False)
QUIET = Progress("", quiet=True)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Steps that only note that they were called; `fail` makes one raise."""
    noted: dict[str, Any] = {"called": [], "inventory": FULL, "fail": {}}

    def fake(name: str) -> Callable[[Destruction], StepResult]:
        def step(run: Destruction) -> StepResult:
            noted["called"].append(name)
            run.inventory = noted["inventory"]
            if name in noted["fail"]:
                raise noted["fail"][name]
            return StepResult(f"{name} is done")

        step.__name__ = name
        return step

    monkeypatch.setattr(runner, "survey", fake("survey"))
    monkeypatch.setattr(runner, "STEPS", tuple(fake(name) for name in NAMES))
    monkeypatch.setattr(Alone, "take_lease", lambda *_: None)
    return noted


@pytest.fixture
def run(tmp_path: Path) -> Destruction:
    checkout = Checkout(tmp_path, tmp_path / ".baton")
    return Destruction(
        checkout=checkout,
        target=Target("aws", checkout),
        environment=environment("dev"),
        others=[environment("staging", promoted_from="dev")],
        options=Options(confirmation="desk-dev"),
        say=lambda _: None,
        ask=None,
    )


def test_the_order_is_one_of_need() -> None:
    assert NAMES == ["plan", "stack", "buckets", "units", "state", "leftovers"]


def test_every_step_is_run_once_and_told(world: dict[str, Any], run: Destruction) -> None:
    assert runner.destroy(run, QUIET)

    assert world["called"] == ["survey", *NAMES]
    assert [(step.name, step.outcome) for step in run.steps][1:] == [(n, "done") for n in NAMES]


def test_what_is_gone_already_asks_nobody(world: dict[str, Any], run: Destruction) -> None:
    world["inventory"] = EMPTY
    run.options = Options(confirmation=None)

    assert not runner.destroy(run, QUIET)
    assert world["called"] == ["survey"]


def test_a_wrong_confirmation_touches_nothing(world: dict[str, Any], run: Destruction) -> None:
    run.options = Options(confirmation="desk-staging")

    with pytest.raises(GateRefusedError, match="'desk-staging' is not 'desk-dev'"):
        runner.destroy(run, QUIET)

    assert world["called"] == ["survey"]


def test_a_person_is_asked_for_the_name(world: dict[str, Any], run: Destruction) -> None:
    # Given somebody who types what the question asks for, and lets it wait
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "desk-dev"

    run.options, run.ask = Options(), answer

    # When, Then
    assert runner.destroy(run, QUIET)
    assert asked == ["Type desk-dev to destroy it, for good"]
    # And what forbids it was looked at again after the wait
    assert world["called"] == ["survey", "survey", *NAMES]


def test_what_came_up_while_a_person_was_asked_is_refused(
    world: dict[str, Any], run: Destruction
) -> None:
    # Given that somebody begins to apply before the name is typed
    def answer(_: str) -> str:
        world["fail"]["survey"] = BatonError("the state of data is locked by me@here")
        return "desk-dev"

    run.options, run.ask = Options(), answer

    with pytest.raises(BatonError, match="locked by me@here"):
        runner.destroy(run, QUIET)

    assert world["called"] == ["survey", "survey"]


def test_without_a_terminal_the_name_must_be_given(world: dict[str, Any], run: Destruction) -> None:
    run.options = Options()

    with pytest.raises(UsageError, match="no terminal to ask at") as raised:
        runner.destroy(run, QUIET)

    assert raised.value.remedy == "./baton destroy dev --confirm desk-dev"
    assert world["called"] == ["survey"]


def test_what_hangs_on_the_environment_is_told_before_the_question(
    world: dict[str, Any], run: Destruction, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = UnitContents("application", ("aws_kms_key.this[0]",), keys=1)
    world["inventory"] = replace(FULL, units=(unit,))

    runner.destroy(run, Progress("destroy dev"))

    told = capsys.readouterr().err
    assert "desk-dev (aws, us-east-1, account 111111111111) is to be destroyed:" in told
    assert "staging gets its releases from dev" in told
    assert "40 minutes" in told
    assert "waiting period" in told


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_step_ends_the_run_and_says_what_goes_on(
    world: dict[str, Any], run: Destruction, name: str
) -> None:
    world["fail"][name] = BatonError("no", "fix it")

    with pytest.raises(BatonError, match=r"^no$") as raised:
        runner.destroy(run, QUIET)

    left = NAMES[NAMES.index(name) :]
    assert world["called"][-1] == name
    assert raised.value.remedy == (
        f"fix it; then ./baton destroy dev goes on with: {', '.join(left)}"
    )


@pytest.mark.parametrize("kind", [GateRefusedError, SettingsError, UsageError])
def test_a_step_that_refuses_ends_the_run_as_a_refusal(
    world: dict[str, Any], run: Destruction, kind: type[BatonError]
) -> None:
    world["fail"]["state"] = kind("no")

    with pytest.raises(kind) as raised:
        runner.destroy(run, QUIET)

    assert raised.value.remedy == "./baton destroy dev goes on with: state, leftovers"


@pytest.mark.parametrize(
    ("options", "failing", "command"),
    [
        (Options("desk-dev"), "units", "./baton destroy dev goes on"),
        (Options("desk-dev", True), "units", "./baton destroy dev --keep-state goes on"),
        (Options("x", True), "", "./baton destroy dev --keep-state --confirm desk-dev"),
        (Options(None, True), "", "./baton destroy dev --keep-state --confirm desk-dev"),
    ],
)
def test_the_next_command_asks_for_the_same(
    world: dict[str, Any], run: Destruction, options: Options, failing: str, command: str
) -> None:
    run.options = options
    world["fail"] = {failing: BatonError("no")}

    with pytest.raises(BatonError) as raised:
        runner.destroy(run, QUIET)

    assert raised.value.remedy.startswith(command)


@pytest.mark.parametrize("error", [BatonError("no\nwhy"), KeyboardInterrupt()])
def test_a_step_that_failed_or_was_interrupted_is_noted(
    world: dict[str, Any], run: Destruction, error: BaseException
) -> None:
    world["fail"]["units"] = error

    with pytest.raises((BatonError, KeyboardInterrupt)):
        runner.destroy(run, QUIET)

    last = run.steps[-1]
    detail = "no" if isinstance(error, BatonError) else "interrupted"
    assert (last.name, last.outcome, last.detail) == ("units", "failed", detail)


def test_an_interruption_stays_one(world: dict[str, Any], run: Destruction) -> None:
    world["fail"]["units"] = Interrupted("interrupted while terragrunt was at work")

    with pytest.raises(Interrupted) as raised:
        runner.destroy(run, QUIET)

    assert raised.value.exit_code == 130
    assert "state" not in world["called"]


def test_no_destruction_while_another_run_is_at_work(
    world: dict[str, Any], run: Destruction
) -> None:
    with (
        alone(run.target, run.environment, "promote dev"),
        pytest.raises(BatonError, match="another run is changing dev"),
    ):
        runner.destroy(run, QUIET)

    assert world["called"] == []
