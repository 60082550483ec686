"""A policy can refuse a function's code what its role may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Engine
from .roles import allow, document

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

CODE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    try:
        boto3.client("ec2").describe_subnets()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""


@pytest.mark.proves("I1")
def test_its_code_is_refused_what_a_policy_says(gap: Gap) -> None:
    # Given a function whose role may describe subnets, but for the code of one function
    def observe(engine: Engine) -> list[str]:
        seen = []
        for refused in (True, False):
            function = engine.create_function(CODE)
            called = function if refused else f"{function}-other"
            where = f"{engine.environment.region}:{engine.environment.account_id}"
            arn = f"arn:aws:lambda:{where}:function:{called}"
            deny = allow("ec2:DescribeSubnets", ArnEquals={"lambda:SourceFunctionArn": arn})
            engine.client("iam").put_role_policy(
                RoleName="function",
                PolicyName="subnets",
                PolicyDocument=document(allow("ec2:DescribeSubnets"), {**deny, "Effect": "Deny"}),
            )
            # When the code describes them
            answer = engine.client("lambda").invoke(FunctionName=function)["Payload"].read()
            seen.append(answer.decode().strip('"'))
        engine.client("iam").delete_role_policy(RoleName="function", PolicyName="subnets")
        return seen

    # Then
    gap(observe, ["UnauthorizedOperation", "done"])
