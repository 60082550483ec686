"""Who may create a bucket's objects, and write over none, does the one and is refused the other."""

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


def put(engine: Engine, **condition: str) -> str:
    """What becomes of a write by whoever may write only what is not there yet."""
    bucket, role = unique("records"), unique("writer")
    engine.client("s3").create_bucket(Bucket=bucket)
    may = {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"Null": {"s3:if-none-match": "false"}},
    }
    client = writer(engine, role, may)
    try:
        client.put_object(Bucket=bucket, Key="000001.json", Body=b"{}", **condition)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "written"


def writer(engine: Engine, name: str, may: dict[str, Any]) -> Any:
    """A client with the rights of a role that has this one statement."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    iam = engine.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="put", PolicyDocument=_document(may))
    given = engine.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.client(
        "s3",
        endpoint_url=engine.endpoint,
        region_name=engine.environment.region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def test_an_object_that_must_not_be_there_is_created(gap: Gap) -> None:
    # Given a role that may create / When it creates, saying so / Then it is done
    gap(lambda engine: put(engine, IfNoneMatch="*"), "written")


@pytest.mark.proves("S1")
def test_a_write_that_could_replace_something_is_refused(patched: Engine) -> None:
    # Given a role that may create / When it writes without a word / Then it may not
    assert put(patched) == "AccessDenied"
