"""Somebody who may do just what a few statements allow."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .conftest import Engine, unique

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


def document(*statements: dict[str, Any]) -> str:
    """A policy of these statements; each is for every resource unless it says which."""
    whole = [{"Effect": "Allow", "Resource": "*"} | each for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": whole})


def trust(principal: dict[str, str]) -> str:
    """A trust policy for a principal."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def acting(engine: Engine, *statements: dict[str, Any]) -> Callable[[str], Any]:
    """Clients of a new role that may do what these statements allow."""
    iam, name = engine.client("iam"), unique("actor")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": "*"}))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document(*statements))
    given = engine.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")
    session: Any = boto3.Session(
        given["Credentials"]["AccessKeyId"],
        given["Credentials"]["SecretAccessKey"],
        given["Credentials"]["SessionToken"],
        region_name=engine.environment.region,
    )
    return lambda service: session.client(service, endpoint_url=engine.endpoint)


def outcome(call: Callable[[], object]) -> str:
    """What becomes of a call: "done", "denied", or the error's code."""
    try:
        call()
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        return "denied" if code in DENIED else code
    return "done"
