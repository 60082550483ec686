"""Who may publish to a topic may publish many messages at once."""

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


def as_role(engine: Engine, service: str, **statement: Any) -> Any:
    """A client with the rights of a new role that this statement allows something."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    iam, name = engine.client("iam"), unique("role")
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
    )["Role"]["Arn"]
    may = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(may))
    given = engine.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session: Any = boto3.Session(
        given["AccessKeyId"],
        given["SecretAccessKey"],
        given["SessionToken"],
        region_name=engine.environment.region,
    )
    return session.client(service, endpoint_url=engine.endpoint)


def outcome(call: Callable[..., Any], **request: Any) -> str:
    """The code of what went wrong, or "done"."""
    try:
        call(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


def test_who_may_publish_may_publish_many(gap: Gap) -> None:
    # Given a role that may publish to a topic
    def observe(engine: Engine) -> str:
        topic = engine.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
        sns = as_role(engine, "sns", Action="sns:Publish", Resource=topic)
        # When it publishes a batch
        entries = [{"Id": "0", "Message": "m"}]
        return outcome(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries)

    # Then it is allowed
    gap(observe, "done")
