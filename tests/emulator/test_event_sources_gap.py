"""A role that may put events of one source puts those, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]


def put(engine: Engine, source: str) -> str:
    """What becomes of an event that is put by whoever may put those of the desk."""
    bus = engine.client("events").create_event_bus(Name=unique("bus"))["EventBusArn"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    may = {
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": bus,
        "Condition": {"StringEquals": {"events:source": "desk"}},
    }
    iam, name = engine.client("iam"), unique("publisher")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="put", PolicyDocument=_document(may))
    given = engine.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    client = boto3.client(
        "events",
        endpoint_url=engine.endpoint,
        region_name=engine.environment.region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    entry = {"Source": source, "DetailType": "TicketCreated", "Detail": "{}", "EventBusName": bus}
    try:
        answer = client.put_events(Entries=[entry])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return f"{answer['FailedEntryCount']} failed"


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def test_an_event_of_the_source_that_a_policy_names_is_taken(gap: Gap) -> None:
    # Given a role that may put events of the desk / When it puts one / Then it is taken
    gap(lambda engine: put(engine, "desk"), "0 failed")


def test_an_event_of_another_source_is_refused(patched: Engine) -> None:
    # Given a role that may put events of the desk / When it puts another's / Then it may not
    assert put(patched, "payroll") == "AccessDeniedException"
