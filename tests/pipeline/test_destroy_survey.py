"""The survey of a destruction, on moto: what forbids it is found before anything has gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from codegen.errors import BatonError, GateRefusedError
from pipeline.adapters.tables import Table
from pipeline.checkout import Checkout
from pipeline.destruction import steps
from pipeline.destruction.destruction import Destruction, Options
from pipeline.target import Target
from tests.pipeline.builders import environment, record

DEV = environment("dev", account_id="123456789012")  # moto's account
KEY = "live/dev/data/terraform.tfstate"
TABLE = "desk-dev-tickets"
QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Destruction]:
    """A destruction of dev, which has a stack, a table and the state of the unit `data`."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    checkout = Checkout(tmp_path, tmp_path / ".baton")
    unit = checkout.live / "dev" / "data"
    unit.mkdir(parents=True)
    (unit / "terragrunt.hcl").touch()
    with mock_aws():
        session = boto3.Session("key", "secret", region_name="us-east-1")
        monkeypatch.setattr(Target, "session", lambda *_: session)
        _make(session)
        yield Destruction(
            checkout=checkout,
            target=Target("aws", checkout),
            environment=DEV,
            others=[],
            options=Options(),
            say=lambda _: None,
            ask=None,
        )


def _make(session: boto3.Session) -> None:
    session.client("cloudformation").create_stack(
        StackName="desk-dev", TemplateBody=json.dumps(QUEUE)
    )
    session.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    s3 = session.client("s3")
    s3.create_bucket(Bucket=DEV.artifact_bucket)
    s3.create_bucket(Bucket=DEV.state_bucket)
    s3.put_object(Bucket=DEV.state_bucket, Key=KEY, Body=_state())


def _state() -> bytes:
    """A state that holds the table and the artifact bucket."""
    kinds = (
        ("aws_dynamodb_table", {"name": TABLE}),
        ("aws_s3_bucket", {"bucket": DEV.artifact_bucket}),
    )
    resources = [
        {"mode": "managed", "type": kind, "name": "this", "instances": [{"attributes": values}]}
        for kind, values in kinds
    ]
    return json.dumps({"version": 4, "resources": resources}).encode()


def _client(run: Destruction, service: Any) -> Any:
    return run.target.session(run.environment).client(service)


def _protect_table(run: Destruction) -> None:
    _client(run, "dynamodb").update_table(TableName=TABLE, DeletionProtectionEnabled=True)


def _lose_states(run: Destruction) -> None:
    s3 = _client(run, "s3")
    s3.delete_object(Bucket=DEV.state_bucket, Key=KEY)
    s3.delete_bucket(Bucket=DEV.state_bucket)


def _lose_states_and_stack(run: Destruction) -> None:
    _lose_states(run)
    _client(run, "cloudformation").delete_stack(StackName="desk-dev")


def _promote_protected(run: Destruction) -> None:
    one = record(1, "a" * 64, settings={"protected": True})
    _client(run, "s3").put_object(Bucket=DEV.artifact_bucket, Key=one.key, Body=one.to_bytes())


def _lock(run: Destruction) -> None:
    content = json.dumps({"ID": "0b1e", "Who": "me@here"}).encode()
    _client(run, "s3").put_object(Bucket=DEV.state_bucket, Key=f"{KEY}.tflock", Body=content)


def _move_states(run: Destruction) -> None:
    _lose_states(run)
    there = {"LocationConstraint": "eu-central-1"}
    s3 = boto3.Session("key", "secret", region_name="eu-central-1").client("s3")
    s3.create_bucket(Bucket=DEV.state_bucket, CreateBucketConfiguration=there)  # type: ignore[arg-type]


def _set(run: Destruction, **changes: Any) -> None:
    run.environment = run.environment.model_copy(update=changes)


def test_what_nothing_forbids_is_taken_stock_of(run: Destruction) -> None:
    result = steps.survey(run)

    assert result.detail == "2 resources in 1 units"
    assert run.inventory.left == ["data"]
    assert run.inventory.stack == "CREATE_COMPLETE"
    assert run.inventory.buckets == {DEV.artifact_bucket: 0}
    assert run.inventory.tables == (Table(TABLE, 0, False),)
    assert run.inventory.state_bucket


def test_a_protected_table_is_in_the_inventory_as_one(run: Destruction) -> None:
    _protect_table(run)

    with pytest.raises(GateRefusedError, match=f"deletion protection is on for {TABLE}"):
        steps.survey(run)

    assert run.inventory.tables == (Table(TABLE, 0, True),)


def test_protected_settings_are_refused(run: Destruction) -> None:
    _set(run, protected=True)

    with pytest.raises(GateRefusedError, match="says protected: true"):
        steps.survey(run)


def test_another_account_is_refused(run: Destruction) -> None:
    _set(run, account_id="1" * 12)

    with pytest.raises(BatonError, match="leads to account 123456789012"):
        steps.survey(run)


def test_a_unit_that_is_not_in_this_checkout_is_refused(run: Destruction) -> None:
    (run.checkout.live / "dev" / "data" / "terragrunt.hcl").unlink()

    with pytest.raises(BatonError, match="has units that live/dev here has not: data"):
        steps.survey(run)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (_promote_protected, "was protected at promotion 1"),
        (_protect_table, "deletion protection is on"),
        (_lock, "locked by me@here"),
        (_move_states, "its states are in eu-central-1"),
        (_lose_states, r"tfstate is not there, yet there is stack desk-dev \(CREATE_COMPLETE\), b"),
        (_lose_states_and_stack, f"is not there, yet there is bucket {DEV.artifact_bucket}"),
    ],
)
def test_what_is_found_there_is_refused(run: Destruction, given: Any, error: str) -> None:
    given(run)

    with pytest.raises(BatonError, match=error):
        steps.survey(run)


def test_where_nothing_is_nothing_is_refused(run: Destruction) -> None:
    _lose_states_and_stack(run)
    _client(run, "s3").delete_bucket(Bucket=DEV.artifact_bucket)

    steps.survey(run)

    assert run.inventory.is_gone(keep_state=False)
