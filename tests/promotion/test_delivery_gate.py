"""What a job may not change is not begun by one: the roles by which jobs get in."""

from __future__ import annotations

import pytest

from codegen.errors import GateRefusedError
from pipeline.promotion.gates import delivery
from pipeline.promotion.gates.delivery import is_deploy_role
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

    with pytest.raises(GateRefusedError, match="this job's own role may not do that") as raised:
        changing.promote(force_plan=True)

    assert changing.applied == []
    assert "update aws_iam_policy.deploy" in raised.value.message
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

    assert done.gates["delivery"].endswith("which no job may do: a person promotes it")


def test_where_no_role_changes_nobody_is_asked_who_they_are(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(delivery, "caller")
    stage.build("A")

    assert stage.promote().gates["delivery"] == "no role of a job would change"


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
