"""A function's alias moves when the revision parameter of its template changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Engine, unique, zipped

pytestmark = pytest.mark.engine

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Revision: {Type: String}
  Greeting: {Type: String}
  Bucket: {Type: String}
  RoleArn: {Type: String}
  FunctionName: {Type: String}
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Ref FunctionName
      Runtime: python3.11
      Handler: index.handler
      Role: !Ref RoleArn
      CodeUri: {Bucket: !Ref Bucket, Key: code.zip}
      AutoPublishAlias: live
      AutoPublishCodeSha256: !Ref Revision
      Environment: {Variables: {GREETING: !Ref Greeting}}
"""
WAITERS = {"create_stack": "stack_create_complete", "update_stack": "stack_update_complete"}


class Stack:
    """A stack of one function, deployed again and again."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.name, self.bucket = engine, unique("stack"), unique("bucket")
        engine.client("s3").create_bucket(Bucket=self.bucket)
        code = zipped("import os\ndef handler(event, context): return os.environ['GREETING']\n")
        engine.client("s3").put_object(Bucket=self.bucket, Key="code.zip", Body=code)

    def deploy(self, operation: str, revision: str, greeting: str) -> tuple[str, str]:
        """Deploy; the version behind the alias, and what it answers."""
        values = {
            "Revision": revision,
            "Greeting": greeting,
            "Bucket": self.bucket,
            "RoleArn": self.engine.role,
            "FunctionName": self.name,
        }
        cloudformation = self.engine.client("cloudformation")
        getattr(cloudformation, operation)(
            StackName=self.name,
            TemplateBody=TEMPLATE,
            Capabilities=["CAPABILITY_AUTO_EXPAND", "CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        )
        cloudformation.get_waiter(WAITERS[operation]).wait(
            StackName=self.name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 100}
        )
        functions = self.engine.client("lambda")
        alias = functions.get_alias(FunctionName=self.name, Name="live")
        answer = functions.invoke(FunctionName=self.name, Qualifier="live")
        return alias["FunctionVersion"], answer["Payload"].read().decode()


@pytest.mark.proves("A3")
def test_a_new_revision_moves_the_alias(
    gap: Callable[[Callable[[Engine], Any], Any], None],
) -> None:
    def observe(engine: Engine) -> Any:
        stack = Stack(engine)
        try:
            return [
                # Given a function, When its settings change and its revision with them
                stack.deploy("create_stack", "a" * 64, "hello"),
                stack.deploy("update_stack", "b" * 64, "good evening"),
            ]
        except ClientError as error:  # without the value the transform refuses the template
            return error.response["Error"]

    # Then the alias has the new version, with the new settings
    gap(observe, [("1", '"hello"'), ("2", '"good evening"')])


@pytest.mark.proves("A3")
def test_the_alias_stays_while_the_revision_does(patched: Engine) -> None:
    # Given a function
    stack = Stack(patched)
    stack.deploy("create_stack", "a" * 64, "hello")

    # When its settings change, and its revision does not
    seen = stack.deploy("update_stack", "a" * 64, "good evening")

    # Then the alias has what it had: it is the revision that publishes
    assert seen == ("1", '"hello"')
