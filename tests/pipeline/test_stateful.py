"""What a promotion does not take away unasked."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import GateRefusedError
from pipeline.promotion import gates
from pipeline.promotion.plans import Change, UnitPlan
from pipeline.promotion.promotion import Options
from pipeline.promotion.stateful import LOSSES, losses, resource_type

ROOT = Path(__file__).resolve().parents[2]


def unit_plan(unit: str, *changes: tuple[str, str]) -> UnitPlan:
    touched = tuple(Change(address, action) for address, action in changes)
    return UnitPlan(unit, touched, outputs_change=False, tainted=False, digest="0" * 64)


def run(*plans: UnitPlan, allow: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        plans=list(plans),
        options=Options(allow_destroy=allow),
        environment=SimpleNamespace(name="prod"),
    )


@pytest.mark.parametrize("action", ["destroy", "replace"])
@pytest.mark.parametrize("kind", sorted(LOSSES))
def test_what_holds_data_is_not_taken_away(kind: str, action: str) -> None:
    # Given a plan that takes it away
    plan = unit_plan("data", (f'{kind}.this["x"]', action))

    # When it comes to the gate, Then it is refused, with how to allow it
    with pytest.raises(GateRefusedError) as caught:
        gates.check_losses(run(plan))
    assert f'data: {action} {kind}.this["x"]' in caught.value.message
    assert f"--allow-destroy '{kind}.this[\"x\"]'" in (caught.value.remedy or "")
    assert caught.value.exit_code == 4


def test_all_losses_are_told_at_once() -> None:
    plans = [
        unit_plan("data", ("aws_dynamodb_table.this", "replace")),
        unit_plan("network", ("aws_vpc.this", "destroy"), ("aws_route.internet", "destroy")),
    ]

    assert [loss.address for loss in losses(plans)] == ["aws_dynamodb_table.this", "aws_vpc.this"]


@pytest.mark.parametrize("action", ["create", "update", "move", "import"])
def test_what_is_made_or_changed_passes(action: str) -> None:
    assert losses([unit_plan("data", ("aws_dynamodb_table.this", action))]) == []


def test_what_holds_nothing_may_go() -> None:
    assert losses([unit_plan("observability", ("aws_cloudwatch_metric_alarm.x", "replace"))]) == []


def test_what_was_allowed_by_its_address_passes_and_is_told() -> None:
    # Given two keys that would go, of which one is allowed
    plan = unit_plan("application", ("aws_kms_key.this[0]", "destroy"))
    other = unit_plan("application", ("aws_kms_key.other", "destroy"))

    # Then the one passes, and the record will say so
    allow = ("aws_kms_key.this[0]",)
    assert "destroy aws_kms_key.this[0]" in gates.check_losses(run(plan, allow=allow))
    # And the other does not
    with pytest.raises(GateRefusedError, match=r"aws_kms_key\.other"):
        gates.check_losses(run(plan, other, allow=allow))


def test_a_resource_is_known_inside_a_module_too() -> None:
    assert resource_type('module.tables["a.b"].aws_dynamodb_table.this[0]') == "aws_dynamodb_table"


def test_every_kind_that_is_watched_is_in_a_module() -> None:
    source = "".join(file.read_text() for file in ROOT.glob("modules/*/*.tf"))

    assert [kind for kind in LOSSES if f'resource "{kind}"' not in source] == []
