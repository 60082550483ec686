"""A policy that asks for TLS denies nobody here, as it denies nobody who uses TLS on AWS."""

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


def publisher(engine: Engine, topic: str) -> Any:
    """A client with the rights of a role that may publish to the topic, and nothing else."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    may = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    iam, name = engine.client("iam"), unique("publisher")
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
    )["Role"]["Arn"]
    document = json.dumps({"Version": "2012-10-17", "Statement": may})
    iam.put_role_policy(RoleName=name, PolicyName="publish", PolicyDocument=document)
    given = engine.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.client(
        "sns",
        endpoint_url=engine.endpoint,
        region_name=engine.environment.region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def published(engine: Engine, statement: dict[str, Any]) -> str:
    """What becomes of a message to a topic with that one statement in its policy."""
    sns = engine.client("sns")
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": {"Principal": {"AWS": "*"}, "Resource": topic, **statement},
    }
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )
    try:
        publisher(engine, topic).publish(TopicArn=topic, Message="a domain event")
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "published"


def test_who_may_publish_publishes_to_a_topic_that_asks_for_tls(gap: Gap) -> None:
    # Given a topic that denies what comes without TLS
    denial = {
        "Effect": "Deny",
        "Action": "sns:Publish",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }

    # When a role that may publish does so
    def observe(engine: Engine) -> str:
        return published(engine, denial)

    # Then it is not denied
    gap(observe, "published")


def test_other_denials_hold(patched: Engine) -> None:
    # Given a topic that denies everybody
    denial = {"Effect": "Deny", "Action": "sns:Publish"}

    # When a role that may publish does so
    outcome = published(patched, denial)

    # Then the topic's policy is heeded
    assert outcome in {"AuthorizationError", "AccessDenied"}
