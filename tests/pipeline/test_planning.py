"""Planning, approval and application, with a Terragrunt that only notes what it is asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError, UsageError
from codegen.sources.state import StateError, WrongStateError
from pipeline.promotion.promotion import Options
from pipeline.promotion.steps import apply as applying
from pipeline.promotion.steps import plan as planning
from pipeline.promotion.steps.apply import apply
from pipeline.promotion.steps.approve import approve
from pipeline.promotion.steps.plan import plan, unchanged_since
from pipeline.records.record import Record
from tests.pipeline.builders import environment, record

CREATE = [{"address": "aws_x.y", "change": {"actions": ["create"]}}]
NEW_OUTPUT = {"name": {"actions": ["update"]}}


@dataclass
class Terragrunt:
    """Writes the plans it was given, one of the list for each time a unit is planned."""

    folder: Path
    plans: dict[str, list[dict[str, Any]]]
    applied: list[list[str]] = field(default_factory=list)
    planned: list[list[str]] = field(default_factory=list)

    def dependencies(self) -> dict[str, list[str]]:
        return {"network": [], "data": [], "access": ["data"]}

    def plan(self, folder: Path, units: Any = ()) -> None:
        self.planned.append(list(units))
        for unit in units:
            (folder / unit).mkdir(parents=True, exist_ok=True)
            document = self.plans[unit].pop(0)
            (folder / unit / "tfplan.json").write_text(json.dumps(document))

    def apply(self, folder: Path, units: list[str]) -> None:
        self.applied.append(units)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run to dev, planned though nothing has changed, as asked for; the gates only count."""
    gated: list[list[str]] = []
    monkeypatch.setattr(planning, "nothing_to_plan", lambda run: "nothing has changed")
    monkeypatch.setattr(applying, "gates", lambda run: gated.append([*run.plan_digests]))
    return SimpleNamespace(
        environment=environment(),
        settings=environment(),
        options=Options(force_plan=True),
        confirm=None,
        records=[],
        release=SimpleNamespace(id="a" * 64),
        by="me",
        run_at="",
        kind="promotion",
        approved_by="",
        plan_folder=tmp_path,
        units=["network", "data", "access"],
        plans=[],
        planned={},
        plan_digests=[],
        gated=gated,
        say=lambda text: None,
    )


def _with_plans(run: Any, **plans: list[dict[str, Any]]) -> Any:
    nothing = [{"resource_changes": []}]
    run.terragrunt = Terragrunt(run.plan_folder, {unit: nothing.copy() for unit in run.units})
    run.terragrunt.plans |= plans
    return run


def test_only_units_that_change_are_applied(run: Any) -> None:
    _with_plans(run, network=[{"resource_changes": CREATE}])

    plan(run)
    result = apply(run)

    assert run.terragrunt.applied == [["network"]]
    assert result.detail == "applied: network"


@pytest.mark.proves("P4")
def test_what_was_planned_on_mocks_is_never_applied_but_planned_and_gated_again(run: Any) -> None:
    # Given an environment from nothing: access was planned on a mocked output of data
    mocked = {"resource_changes": CREATE, "variables": {"arn": {"value": "mock0000"}}}
    real = {"resource_changes": CREATE}
    _with_plans(run, data=[{"resource_changes": CREATE}], access=[mocked, real])

    # When it is applied
    plan(run)
    apply(run)

    # Then access waited for data, was planned again, gated again, and only then applied
    assert run.terragrunt.applied == [["data"], ["access"]]
    assert run.terragrunt.planned == [["network", "data", "access"], ["access"]]
    assert len(run.gated) == 1
    assert len(run.plan_digests) == 2


def test_a_unit_below_a_changing_output_is_planned_again_though_it_saw_no_change(run: Any) -> None:
    changing = {"resource_changes": [], "output_changes": NEW_OUTPUT}
    now_changed = {"resource_changes": CREATE}
    _with_plans(run, data=[changing], access=[{"resource_changes": []}, now_changed])

    plan(run)
    apply(run)

    assert run.terragrunt.applied == [["data"], ["access"]]


GONE = [{"address": "aws_x.y", "change": {"actions": ["delete"]}}]


@pytest.mark.proves("P4")
@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        ({"resource_changes": []}, {"resource_changes": GONE}, "access: destroy aws_x.y"),
        (
            {"resource_changes": []},
            {"resource_changes": [], "output_changes": {"id": {"actions": ["delete"]}}},
            "access: without output id",
        ),
        ({"resource_changes": GONE}, {"resource_changes": GONE}, None),
        ({"resource_changes": []}, {"resource_changes": CREATE}, None),
    ],
    ids=["a resource", "an output", "as approved", "nothing"],
)
def test_where_a_plan_was_approved_elsewhere_no_later_one_takes_more_away(
    run: Any, first: dict[str, Any], second: dict[str, Any], more: str | None
) -> None:
    # Given a plan that was approved elsewhere, and a unit that waits for another's output
    changing = {"resource_changes": [], "output_changes": NEW_OUTPUT}
    _with_plans(run, data=[changing], access=[first, second])
    plan(run)
    run.options = Options(force_plan=True, expect_plan=run.plan_digests[-1], approved=True)

    # When that is planned again, Then it is applied, unless it takes away what nobody has approved
    if more is None:
        apply(run)
        assert run.terragrunt.applied == [["data"], ["access"]]
        return
    with pytest.raises(GateRefusedError, match=more) as raised:
        apply(run)
    assert run.terragrunt.applied == [["data"]]
    assert raised.value.remedy.endswith(f"./baton plan dev {'a' * 12}")


def test_a_plan_that_stays_on_mocks_is_an_error_and_is_not_applied(run: Any) -> None:
    mocked = {"resource_changes": CREATE, "variables": {"arn": {"value": "mock0000"}}}
    _with_plans(run, access=[mocked])

    plan(run)
    with pytest.raises(BatonError, match="the plan of access has mocked values"):
        apply(run)

    assert run.terragrunt.applied == []


@pytest.mark.proves("P4")
def test_a_protected_environment_needs_a_yes(run: Any) -> None:
    run.settings = environment("prod", protected=True)
    asked: list[str] = []

    run.confirm = lambda question: bool(asked.append(question))
    with pytest.raises(GateRefusedError, match="not approved"):
        approve(run)
    assert "release aaaaaaaaaaaa" in asked[0]

    run.confirm = lambda question: True
    approve(run)
    assert run.approved_by == "me"


@pytest.mark.parametrize("who", ["release", "checkout", "record", "verified record"])
def test_protection_comes_off_with_an_approval_only(run: Any, who: str) -> None:
    # Given that one of those that have a say says protected, and the others do not
    on = {"settings": {"protected": True}}
    if who == "release":
        run.settings = environment(protected=True)
    elif who == "checkout":
        run.environment = environment(protected=True)
    elif who == "record":
        run.records = [record(1, "a" * 64), record(2, "a" * 64, verified=False, **on)]
    else:
        run.records = [record(1, "a" * 64, **on), record(2, "a" * 64, verified=False)]
    run.confirm = lambda question: False

    # When, Then
    with pytest.raises(GateRefusedError, match="not approved"):
        approve(run)


def test_what_nothing_protects_needs_no_approval(run: Any) -> None:
    # Given that a verified promotion has taken the protection off
    run.records = [record(1, "a" * 64, settings={"protected": True}), record(2, "a" * 64)]

    assert approve(run).detail == "dev is not protected"
    assert run.approved_by == ""


def test_yes_on_the_command_line_is_told_as_such(run: Any) -> None:
    run.settings, run.options = environment("prod", protected=True), Options(approved=True)

    approve(run)

    assert run.approved_by == "me (--yes)"


def test_without_a_terminal_and_without_yes_it_is_wrong_usage(run: Any) -> None:
    run.settings = environment("prod", protected=True)

    with pytest.raises(UsageError, match="there is no terminal to ask at"):
        approve(run)


def _unchanged(monkeypatch: pytest.MonkeyPatch, history: list[Record], **states: Any) -> Any:
    def read(*_: Any) -> Any:
        if "error" in states:
            raise states["error"]
        return SimpleNamespace(**{"serials": {"data": 3}, "lineages": {"data": "l"}, **states})

    monkeypatch.setattr(planning, "read_outputs", read)
    return unchanged_since(None, environment(), ["data"], "digest", history)  # type: ignore[arg-type]


def _record(**more: Any) -> Record:
    same = {"infrastructure": "digest", "serials": {"data": 3}, "lineages": {"data": "l"}}
    return record(1, "a" * 64, **{**same, **more})


def test_a_state_of_another_environment_is_never_planned_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a state that lies under a key that is not its own, and no promotion yet
    error = WrongStateError("the state of another environment", "restore it")

    # When it is asked whether there is anything to plan, then that is the answer
    with pytest.raises(WrongStateError):
        _unchanged(monkeypatch, [], error=error)


def test_same_infrastructure_and_states_leave_nothing_to_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _unchanged(monkeypatch, [_record()]) == _record()


@pytest.mark.parametrize(
    "history",
    [
        [],
        [_record(verified=False)],
        [_record(infrastructure="other")],
        [_record(serials={"data": 2})],
        [_record(serials={"data": 3, "gone": 1})],
        [_record(lineages={"data": "another"})],
    ],
)
def test_anything_else_has_to_be_planned(
    monkeypatch: pytest.MonkeyPatch, history: list[Record]
) -> None:
    assert _unchanged(monkeypatch, history) is None


def test_a_state_that_cannot_be_read_has_to_be_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _unchanged(monkeypatch, [_record()], error=StateError("none yet")) is None
