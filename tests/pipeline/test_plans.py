"""What a plan would do is read from its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codegen.errors import BatonError
from pipeline.promotion.plans import Change, UnitPlan, digest, waiting
from pipeline.promotion.saved_plans import parse_plan, read_plans


def _plan(*actions: tuple[str, list[str]], outputs: Any = None, **more: Any) -> str:
    changes = [
        {"address": address, "change": {"actions": verbs, "after": {}}}
        for address, verbs in actions
    ]
    return json.dumps({"resource_changes": changes, "output_changes": outputs or {}, **more})


def test_reads_and_no_ops_are_no_changes() -> None:
    plan = parse_plan("data", _plan(("a", ["no-op"]), ("b", ["read"])))

    assert not plan.has_changes
    assert plan.summary == "no changes"


@pytest.mark.parametrize(
    ("actions", "named"),
    [
        (["create"], "create"),
        (["update"], "update"),
        (["delete"], "destroy"),
        (["delete", "create"], "replace"),
        (["create", "delete"], "replace"),
    ],
)
def test_each_action_has_its_name(actions: list[str], named: str) -> None:
    plan = parse_plan("data", _plan(("aws_x.y", actions)))

    assert plan.changes == (Change("aws_x.y", named),)
    assert plan.summary == f"1 to {named}"


def test_a_changed_output_alone_is_a_change() -> None:
    plan = parse_plan("data", _plan(outputs={"name": {"actions": ["update"], "after": "x"}}))

    assert plan.has_changes
    assert plan.summary == "new outputs"


@pytest.mark.parametrize("value", ["arn:aws:s3:us-east-1:000000000000:x", "subnet-mock0000"])
def test_a_mocked_value_taints_a_plan(value: str) -> None:
    text = _plan(variables={"v": {"value": [{"deep": value}]}})

    assert parse_plan("access", text).tainted


def test_twelve_zeros_within_a_longer_number_taint_nothing() -> None:
    assert not parse_plan("access", _plan(variables={"v": {"value": 1000000000000000}})).tainted


def test_the_digest_is_of_the_intention_not_of_order_or_time() -> None:
    one = [parse_plan("a", _plan(("x", ["create"]), timestamp="1")), parse_plan("b", _plan())]
    two = [parse_plan("b", _plan()), parse_plan("a", _plan(("x", ["create"]), timestamp="2"))]
    other = [parse_plan("a", _plan(("x", ["delete"]))), parse_plan("b", _plan())]

    assert digest(one) == digest(two)
    assert digest(one) != digest(other)


def test_a_unit_without_a_plan_is_an_error_not_no_changes(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tfplan.json").write_text(_plan())

    with pytest.raises(BatonError, match="no plan for the unit network"):
        read_plans(tmp_path, ["data", "network"])


CHAIN = {"network": [], "data": [], "application": ["data"], "access": ["application"]}


def _unit(name: str, *, outputs: bool = False, tainted: bool = False) -> UnitPlan:
    return UnitPlan(name, (), outputs, tainted, "")


def test_nothing_waits_when_no_output_changes() -> None:
    assert waiting([_unit(name) for name in CHAIN], CHAIN) == set()


def test_everything_below_a_changing_output_waits_for_it() -> None:
    plans = [_unit("network"), _unit("data", outputs=True), _unit("application"), _unit("access")]

    assert waiting(plans, CHAIN) == {"application", "access"}


def test_a_changing_output_that_was_applied_holds_nobody_any_more() -> None:
    assert waiting([_unit("application"), _unit("access")], CHAIN) == set()


def test_a_tainted_plan_waits_whatever_else_happens() -> None:
    assert waiting([_unit("network", tainted=True)], CHAIN) == {"network"}


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ({"previous_address": "aws_x.old", "change": {"actions": ["no-op"]}}, "move"),
        ({"change": {"actions": ["no-op"], "importing": {"id": "i"}}}, "import"),
    ],
)
def test_a_move_or_an_import_changes_the_state_and_must_be_applied(
    item: dict[str, Any], named: str
) -> None:
    plan = parse_plan("data", json.dumps({"resource_changes": [{"address": "aws_x.y", **item}]}))

    assert plan.has_changes
    assert plan.summary == f"1 to {named}"


def test_the_zeros_of_an_empty_uuid_taint_nothing() -> None:
    text = _plan(variables={"v": {"value": "00000000-0000-0000-0000-000000000000"}})

    assert not parse_plan("access", text).tainted
