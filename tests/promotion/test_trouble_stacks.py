"""A stack that an earlier run has left: waited for, cleared away, or a person is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError
from pipeline.adapters.sam import Sam
from pipeline.checkout import Checkout
from pipeline.target import Target
from tests.pipeline.builders import environment

DEV = environment()


class CloudFormation:
    """A stack that goes from one state to the next each time that somebody waits."""

    class exceptions:  # noqa: N801 - botocore's name
        ClientError = KeyError

    def __init__(self, states: list[str], after_deletion: list[str]) -> None:
        self.states, self.after_deletion = states, after_deletion
        self.deleted = 0

    def describe_stacks(self, **_: Any) -> Any:
        if not self.states:
            raise KeyError(f"Stack with id {DEV.stack_name} does not exist")
        return {"Stacks": [{"StackStatus": self.states[0]}]}

    def delete_stack(self, **_: Any) -> None:
        self.deleted += 1
        self.states = self.after_deletion

    def wait(self, _: float) -> None:
        self.states = self.states[1:]


def _make_ready(cloud: CloudFormation, tmp_path: Path) -> list[str]:
    said: list[str] = []
    session: Any = SimpleNamespace(client=lambda _: cloud)
    target = Target("aws", Checkout(tmp_path, tmp_path))
    Sam(session, DEV, target).make_ready(said.append, cloud.wait)
    return said


@pytest.mark.parametrize(
    "states",
    [
        [],
        ["CREATE_COMPLETE"],
        ["UPDATE_COMPLETE"],
        ["UPDATE_ROLLBACK_COMPLETE"],
        ["REVIEW_IN_PROGRESS"],  # of a change set that was made, and never executed
    ],
)
def test_what_can_be_deployed_to_is_left_as_it_is(states: list[str], tmp_path: Path) -> None:
    cloud = CloudFormation(states, [])

    assert _make_ready(cloud, tmp_path) == []

    assert (cloud.states, cloud.deleted) == (states, 0)


@pytest.mark.proves("P4")
@pytest.mark.parametrize(
    "states",
    [
        ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"],
        ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"],
        ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
        ["DELETE_IN_PROGRESS"],
    ],
)
def test_what_is_at_work_is_waited_for(states: list[str], tmp_path: Path) -> None:
    cloud = CloudFormation(states, [])

    said = _make_ready(cloud, tmp_path)

    assert said == [f"waiting for the stack {DEV.stack_name} ({states[0]})"]
    assert cloud.deleted == 0
    assert len(cloud.states) <= 1


@pytest.mark.proves("P4")
@pytest.mark.parametrize("before", [[], ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"]])
def test_a_creation_that_was_rolled_back_is_cleared_away(before: list[str], tmp_path: Path) -> None:
    cloud = CloudFormation([*before, "ROLLBACK_COMPLETE"], ["DELETE_IN_PROGRESS"])

    said = _make_ready(cloud, tmp_path)

    assert "whose creation had failed" in "\n".join(said)
    assert (cloud.states, cloud.deleted) == ([], 1)


@pytest.mark.parametrize(
    ("status", "way"),
    [
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("UPDATE_FAILED", "rollback-stack"),
        ("CREATE_FAILED", "delete-stack"),
        ("ROLLBACK_FAILED", "delete-stack"),
        ("DELETE_FAILED", "delete-stack"),
    ],
)
def test_what_cloudformation_has_given_up_on_a_person_decides(
    status: str, way: str, tmp_path: Path
) -> None:
    cloud = CloudFormation([status], [])

    with pytest.raises(BatonError, match=f"is in {status}, which a person must look at") as raised:
        _make_ready(cloud, tmp_path)

    assert cloud.deleted == 0
    assert f"aws cloudformation {way} --stack-name {DEV.stack_name} --profile" in (
        raised.value.remedy
    )


def test_a_stack_that_cannot_be_cleared_away_is_a_persons_too(tmp_path: Path) -> None:
    cloud = CloudFormation(["ROLLBACK_COMPLETE"], ["DELETE_IN_PROGRESS", "DELETE_FAILED"])

    with pytest.raises(BatonError, match="is in DELETE_FAILED"):
        _make_ready(cloud, tmp_path)
