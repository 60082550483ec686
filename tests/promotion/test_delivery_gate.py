"""What the deploy role of a job may not change is refused before anything is applied."""

from __future__ import annotations

import pytest

from codegen.errors import GateRefusedError
from pipeline.promotion.gates import delivery
from pipeline.promotion.gates.delivery import is_deploy_role, reserved
from pipeline.promotion.gates.losses import LOSSES
from pipeline.promotion.plans import Change, UnitPlan
from tests.promotion.stage import Stage

JOB = "arn:aws:sts::111111111111:assumed-role/desk-dev-deploy/desk-17"
CHANGES = {
    "resource_changes": [
        {"address": "aws_iam_policy.deploy", "change": {"actions": ["update"]}},
        {"address": "aws_iam_role.plan[0]", "change": {"actions": ["create"]}},
    ]
}


@pytest.fixture
def changing(stage: Stage) -> Stage:
    """A release that changes the roles, and something else."""
    stage.outputs["delivery"] = {}
    stage.touch("delivery")
    (stage.checkout.root / "live/dev/delivery").mkdir(exist_ok=True)
    (stage.checkout.root / "live/dev/delivery/terragrunt.hcl").write_text("")
    stage.build("A")
    stage.plans |= {"delivery": CHANGES, "application": CHANGES}
    return stage


@pytest.mark.proves("I3", "P3")
def test_a_job_is_refused_before_anything_is_applied(
    changing: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "caller", lambda *_: JOB)

    with pytest.raises(GateRefusedError, match="this job's role may not do that") as raised:
        changing.promote(force_plan=True)

    assert changing.applied == []
    assert "delivery: update aws_iam_policy.deploy: who gets in" in raised.value.message
    assert "application" not in raised.value.message
    assert "a person with rights of their own: BATON_TARGET=aws ./baton promote dev" in (
        raised.value.remedy
    )


@pytest.mark.parametrize(
    "who",
    [
        "arn:aws:iam::111111111111:root",
        "arn:aws:sts::111111111111:assumed-role/Admin/me",
        "arn:aws:sts::111111111111:assumed-role/desk-dev-plan/desk-17",
    ],
)
def test_anybody_else_is_told(changing: Stage, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr(delivery, "caller", lambda *_: who)

    done = changing.promote(force_plan=True)

    assert done.gates["delivery"] == "2 changes are reserved for a person, and no job promotes this"


def test_where_nothing_is_reserved_nobody_is_asked_who_they_are(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(delivery, "caller")
    stage.build("A")

    assert stage.promote().gates["delivery"] == "no change is reserved for a person"


TRUST = ("assume_role_policy", "tags")
RESERVED = [
    ("delivery", Change("aws_iam_policy.plan", "update")),
    ("storage", Change("aws_s3_bucket_lifecycle_configuration.data", "update")),
    ("network", Change("aws_vpc.this", "create")),
    ("network", Change("aws_internet_gateway.this", "destroy")),
    ("application", Change("aws_kms_key.this[0]", "create")),
    ("application", Change("aws_kms_key.this[0]", "update", ("policy",))),
    ("access", Change('aws_iam_role.function["api"]', "update", TRUST)),
    ("observability", Change("aws_iam_role.flow[0]", "update", ("permissions_boundary",))),
    ("application", Change("module.user_pool[0].aws_cognito_user_pool.this", "destroy")),
    *(
        ("any", Change(f"{kind}.this", action))
        for kind in LOSSES
        for action in ("destroy", "replace")
    ),
]
NOT_RESERVED = [
    ("network", Change("aws_subnet.private", "create")),
    ("network", Change("aws_vpc.this", "update", ("tags",))),
    ("network", Change("aws_nat_gateway.this", "destroy")),
    ("application", Change("aws_dynamodb_table.this", "update", ("policy",))),
    ("access", Change('aws_iam_role.function["api"]', "create")),
    ("access", Change('aws_iam_role.function["api"]', "update", ("description",))),
    ("access", Change('aws_iam_role_policy.function["api"]', "update", ("policy",))),
]


def _planned(unit: str, change: Change) -> UnitPlan:
    return UnitPlan(unit, (change,), outputs_change=False, tainted=False, digest="0" * 64)


@pytest.mark.parametrize(("unit", "change"), RESERVED, ids=lambda each: str(each)[:60])
def test_a_reserved_change_is_named_with_its_reason(unit: str, change: Change) -> None:
    (found,) = reserved([_planned(unit, change)])

    assert found.startswith(f"{unit}: {change.action} {change.address}: ")
    assert not found.endswith(": ")


@pytest.mark.parametrize(("unit", "change"), NOT_RESERVED, ids=lambda each: str(each)[:60])
def test_any_other_change_is_a_job_s(unit: str, change: Change) -> None:
    assert list(reserved([_planned(unit, change)])) == []


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sts::1:assumed-role/desk-dev-deployment/s",
        "arn:aws:sts::1:assumed-role/x/desk-dev-deploy",
        "arn:aws:iam::1:role/desk-dev-deploy",
        "",
    ],
)
def test_another_role_is_not_taken_for_it(arn: str) -> None:
    assert is_deploy_role(JOB, "desk-dev")
    assert not is_deploy_role(arn, "desk-dev")
    assert not is_deploy_role(JOB, "desk")
