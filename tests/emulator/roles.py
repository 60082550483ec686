"""Roles of an emulator, and clients of whoever has taken one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .conftest import Engine, unique

Client = Callable[[str], Any]
ANYBODY = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}


def document(*statements: dict[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, resource: str = "*", **condition: dict[str, Any]) -> dict[str, Any]:
    """A statement that allows actions; `StringEquals={…}` and the like limit it."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def role_of(engine: Engine, *statements: dict[str, Any], **settings: Any) -> str:
    """The ARN of a new role that anybody may take."""
    iam, name = engine.client("iam"), unique("role")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(ANYBODY), **settings)
    if statements:
        policy = document(*statements)
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def taken(engine: Engine, role: str) -> Client:
    """Clients of whoever has taken a role."""
    given = engine.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session: Any = boto3.Session(
        given["AccessKeyId"],
        given["SecretAccessKey"],
        given["SessionToken"],
        region_name=engine.environment.region,
    )
    return lambda service: session.client(service, endpoint_url=engine.endpoint)


def outcome(call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """ "done", or the code of what AWS says instead."""
    try:
        call(*arguments, **named)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"
