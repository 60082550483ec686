"""What a promotion does not take away unasked."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.promotion.gates.losses import LOSSES, check_losses, losses, resource_type
from pipeline.promotion.plans import Change, UnitPlan
from pipeline.promotion.promotion import Options

ROOT = Path(__file__).resolve().parents[2]


def unit_plan(unit: str, *changes: tuple[str, str]) -> UnitPlan:
    touched = tuple(Change(address, action) for address, action in changes)
    return UnitPlan(unit, touched, outputs_change=False, tainted=False, digest="0" * 64)


def run(*plans: UnitPlan, allow: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        plans=list(plans),
        planned={plan.unit: plan for plan in plans},
        options=Options(allow_destroy=allow),
        environment=SimpleNamespace(name="prod"),
    )


@pytest.mark.parametrize("action", ["destroy", "replace"])
@pytest.mark.parametrize("kind", sorted(LOSSES))
def test_what_holds_data_is_not_taken_away(kind: str, action: str) -> None:
    # Given a plan that takes it away
    plan = unit_plan("data", (f'{kind}.this["x"]', action))

    # When it comes to the gate, Then it is refused, with how to allow it
    result = check_losses(run(plan))
    assert result.outcome == "refused"
    assert f'data: {action} {kind}.this["x"]' in str(result)
    assert f"--allow-destroy '{kind}.this[\"x\"]'" in result.remedy


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
    passed = check_losses(run(plan, allow=allow))
    assert (passed.outcome, passed.said) == (
        "passed",
        "allowed by name: destroy aws_kms_key.this[0]",
    )
    # And the other does not
    refused = check_losses(run(plan, other, allow=allow))
    assert refused.findings == (str(losses([other])[0]),)


def test_a_resource_is_known_inside_a_module_too() -> None:
    assert resource_type('module.tables["a.b"].aws_dynamodb_table.this[0]') == "aws_dynamodb_table"


def test_an_address_can_be_allowed_in_one_unit_only() -> None:
    # Given two units with a resource of the same address
    plans = [unit_plan(unit, ("aws_s3_bucket.this", "destroy")) for unit in ("data", "storage")]

    # When it is allowed in one of them, Then the other is refused, by a name that says which
    refused = check_losses(run(*plans, allow=("data:aws_s3_bucket.this",)))
    assert [loss.unit for loss in losses(plans, ("data:aws_s3_bucket.this",))] == ["storage"]
    assert refused.outcome == "refused"
    # And where both are refused, what would allow them names the unit
    remedy = check_losses(run(*plans)).remedy
    assert "--allow-destroy data:aws_s3_bucket.this" in remedy
    assert "--allow-destroy storage:aws_s3_bucket.this" in remedy


@pytest.mark.parametrize("allowed", ["aws_s3_bucket.thsi", "data:aws_s3_bucket.this"])
def test_what_is_allowed_though_nothing_takes_it_away_is_told(allowed: str) -> None:
    plan = unit_plan("storage", ("aws_s3_bucket.this", "update"))

    said = check_losses(run(plan, allow=(allowed,))).said

    assert said.endswith(f"no plan destroys it (a typo?): {allowed}")


def test_what_was_allowed_and_is_applied_by_now_is_no_slip_of_the_pen() -> None:
    # Given a second round of planning, in which only what had to wait is planned
    gone = unit_plan("data", ("aws_s3_bucket.this", "destroy"))
    state = run(unit_plan("access"), allow=("aws_s3_bucket.this",))
    state.planned["data"] = gone

    assert "slip" not in check_losses(state).said


# What of the modules' resources may go: it holds nothing, and is made again as it was. Rules,
# policies and attachments work from the moment they are there again.
HOLDS_NOTHING = {
    "aws_api_gateway_account",
    "aws_appautoscaling_policy",
    "aws_appautoscaling_target",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_metric_alarm",
    "aws_default_security_group",
    "aws_flow_log",
    "aws_iam_openid_connect_provider",
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_internet_gateway",
    "aws_kms_alias",
    "aws_nat_gateway",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_secretsmanager_secret_version",  # the secret keeps the version before
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
}


def test_of_every_kind_in_a_module_it_was_decided_whether_it_may_go() -> None:
    source = "".join(file.read_text() for file in ROOT.glob("modules/*/*.tf"))
    made = set(re.findall(r'^resource "(aws_\w+)"', source, re.MULTILINE))

    assert made == {*LOSSES, *HOLDS_NOTHING}
    assert not HOLDS_NOTHING & set(LOSSES)
