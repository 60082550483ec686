"""Buckets, states, tables and the stack at their end, on moto."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from codegen.errors import BatonError
from pipeline.adapters.bucket import Bucket
from pipeline.adapters.sam import Sam
from pipeline.adapters.states import Lock, StateStore
from pipeline.adapters.tables import Table, describe_table
from pipeline.checkout import Checkout
from pipeline.target import Target
from tests.pipeline.builders import environment

DEV = environment("dev")
QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture
def s3(session: boto3.Session) -> Any:
    return session.client("s3")


@pytest.fixture
def bucket(session: boto3.Session, s3: Any) -> Bucket:
    """A bucket that keeps every version."""
    s3.create_bucket(Bucket="desk")
    s3.put_bucket_versioning(Bucket="desk", VersioningConfiguration={"Status": "Enabled"})
    return Bucket(session, DEV, "desk")


@pytest.fixture
def sam(session: boto3.Session, tmp_path: Any) -> Sam:
    return Sam(session, DEV, Target("aws", Checkout(tmp_path, tmp_path / ".baton")))


def test_a_bucket_is_emptied_of_versions_and_delete_markers(bucket: Bucket, s3: Any) -> None:
    # Given an object with two versions, and one that was deleted
    for key, content in (("a", b"1"), ("a", b"2"), ("b", b"1")):
        s3.put_object(Bucket="desk", Key=key, Body=content)
    s3.delete_object(Bucket="desk", Key="b")

    # When
    removed = bucket.empty()

    # Then nothing is in the way of its own removal
    assert removed == 4
    bucket.delete()
    assert not bucket.exists()


def test_a_bucket_with_more_than_one_removal_takes_is_emptied(bucket: Bucket, s3: Any) -> None:
    for number in range(1005):
        s3.put_object(Bucket="desk", Key=f"{number:04}", Body=b"")

    assert bucket.count(limit=1002) == 1002
    assert bucket.count(limit=9999) == 1005
    assert bucket.empty() == 1005
    assert bucket.count(limit=1) == 0


def test_a_bucket_without_versioning_is_emptied(session: boto3.Session, s3: Any) -> None:
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="a", Body=b"1")

    assert Bucket(session, DEV, "plain").empty() == 1
    assert "Contents" not in s3.list_objects_v2(Bucket="plain")


def test_uploads_that_were_never_finished_are_aborted(bucket: Bucket, s3: Any) -> None:
    s3.create_multipart_upload(Bucket="desk", Key="half")

    bucket.empty()

    assert "Uploads" not in s3.list_multipart_uploads(Bucket="desk")


def test_an_object_that_may_not_be_removed_is_named(bucket: Any) -> None:
    with Stubber(bucket._s3) as stub:
        current = {"Key": "a", "VersionId": "1", "IsLatest": True}
        for _ in ("for what is not current", "for what is"):
            stub.add_response("list_object_versions", {"Versions": [current]})
        refused = {"Key": "a", "Code": "AccessDenied", "Message": "object lock"}
        stub.add_response("delete_objects", {"Errors": [refused]})

        with pytest.raises(BatonError, match=r"1 of 1 objects .* s3://desk/a: AccessDenied"):
            bucket.empty()


def test_a_bucket_that_is_not_there_is_deleted_already(session: boto3.Session) -> None:
    gone = Bucket(session, DEV, "gone")

    gone.delete()

    assert not gone.exists()


def test_states_are_found_by_listing_and_locks_name_their_holder(
    session: boto3.Session, s3: Any
) -> None:
    # Given the states of two units, one of them locked, and something else
    s3.create_bucket(Bucket=DEV.state_bucket)
    lock = json.dumps({"ID": "0b1e", "Who": "me@here"}).encode()
    for name, content in (
        ("live/dev/data/terraform.tfstate", b"data"),
        ("live/dev/gone/terraform.tfstate", b"gone"),
        ("live/dev/data/terraform.tfstate.tflock", lock),
        ("live/dev/readme", b""),
    ):
        s3.put_object(Bucket=DEV.state_bucket, Key=name, Body=content)

    # Then
    states = StateStore(session, DEV)
    assert states.read_all() == {"data": b"data", "gone": b"gone"}
    assert states.locks() == [Lock("data", states.where("data") + ".tflock", "0b1e", "me@here")]


def test_without_a_state_bucket_there_are_no_states(session: boto3.Session) -> None:
    states = StateStore(session, DEV)

    assert states.read_all() == {}
    assert states.locks() == []


def test_a_lock_that_cannot_be_read_is_a_lock_all_the_same(session: boto3.Session, s3: Any) -> None:
    s3.create_bucket(Bucket=DEV.state_bucket)
    key = "live/dev/data/terraform.tfstate.tflock"
    s3.put_object(Bucket=DEV.state_bucket, Key=key, Body=b"?")

    where = f"s3://{DEV.state_bucket}/{key}"
    assert StateStore(session, DEV).locks() == [Lock("data", where)]


def test_a_lock_that_is_released_while_locks_are_read_is_no_lock(
    session: boto3.Session, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a lock that is listed, and gone when it is read
    s3.create_bucket(Bucket=DEV.state_bucket)
    states = StateStore(session, DEV)
    monkeypatch.setattr(states, "_units", lambda end: ["data"])

    assert states.locks() == []


def test_a_table_says_whether_it_is_protected(session: boto3.Session) -> None:
    session.client("dynamodb").create_table(
        TableName="desk-dev-tickets",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        DeletionProtectionEnabled=True,
    )

    assert describe_table(session, DEV, "desk-dev-tickets") == Table("desk-dev-tickets", 0, True)
    assert describe_table(session, DEV, "desk-dev-gone") is None


def test_a_stack_is_deleted_with_what_it_made(session: boto3.Session, sam: Sam) -> None:
    # Given
    session.client("cloudformation").create_stack(
        StackName="desk-dev", TemplateBody=json.dumps(QUEUE)
    )

    # When
    deleted = sam.delete(lambda _: None, lambda _: None)

    # Then, and a second time there is none
    assert deleted
    assert "QueueUrls" not in session.client("sqs").list_queues()
    assert not sam.delete(lambda _: None, lambda _: None)


def _stack(status: str) -> dict[str, Any]:
    fixed = {"StackName": "desk-dev", "CreationTime": "2026-01-01T00:00:00Z"}
    return {"Stacks": [fixed | {"StackStatus": status}]}


def _event(identity: str, resource: str, status: str, reason: str = "") -> dict[str, Any]:
    return {
        "StackId": "desk-dev",
        "StackName": "desk-dev",
        "Timestamp": "2026-01-01T00:00:00Z",
        "EventId": identity,
        "LogicalResourceId": resource,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_a_deletion_that_fails_says_what_could_not_be_deleted(sam: Any) -> None:
    # Given a deletion that failed before, for another reason
    earlier = [_event("1", "Rule", "DELETE_FAILED", "of the run before")]
    later = [
        _event("4", "desk-dev", "DELETE_FAILED", "[Queue, Policy]"),
        _event("3", "Policy", "DELETE_FAILED", "cancelled"),
        _event("2", "Queue", "DELETE_FAILED", "no role"),
    ]
    with Stubber(sam._cloudformation) as stub:
        stub.add_response("describe_stacks", _stack("DELETE_FAILED"))
        stub.add_response("describe_stack_events", {"StackEvents": earlier})
        stub.add_response("delete_stack", {})
        stub.add_response("describe_stacks", _stack("DELETE_IN_PROGRESS"))
        stub.add_response("describe_stacks", _stack("DELETE_FAILED"))
        stub.add_response("describe_stack_events", {"StackEvents": [*later, *earlier]})

        # When, Then
        with pytest.raises(BatonError, match="is DELETE_FAILED: Queue DELETE_FAILED: no role"):
            sam.delete(lambda _: None, lambda _: None)


def test_a_stack_that_is_at_work_is_deleted_when_it_has_settled(sam: Any) -> None:
    # Given an update that goes on: CloudFormation would refuse to delete the stack
    waited: list[float] = []
    told: list[str] = []
    with Stubber(sam._cloudformation) as stub:
        stub.add_response("describe_stacks", _stack("UPDATE_IN_PROGRESS"))
        stub.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
        stub.add_response("describe_stack_events", {"StackEvents": []})
        stub.add_response("delete_stack", {})
        stub.add_client_error("describe_stacks", "ValidationError", "desk-dev does not exist")

        # When, Then
        assert sam.delete(told.append, waited.append)
        stub.assert_no_pending_responses()
    assert told == ["waiting for the stack desk-dev (UPDATE_IN_PROGRESS)"]
    assert len(waited) == 1
