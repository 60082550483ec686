"""Packaged templates are deployed as they are: nested stacks, applications and loops with code."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from pipeline.release.build import build
from pipeline.release.manifest import ARTIFACTS, TEMPLATE, ZIP
from pipeline.target import Target
from tests.pipeline.template_cases import read

from .conftest import Engine, unique

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("nested", 1),
        ("nested-application", 1),
        ("loop", 2),
        ("loop-with-code-of-its-own", 2),
        ("loop-in-a-loop", 4),
    ],
)
def test_every_function_has_the_code_that_the_release_has_for_it(
    name: str, functions: int, patched: Engine, tmp_path: Path
) -> None:
    # Given a release of such a template, copied into a bucket
    checkout = read(name).lay_out(tmp_path)
    release = build(checkout, Target("local", checkout), lambda _: None).folder
    bucket, stack = unique("bucket"), unique("stack")
    s3 = patched.client("s3")
    s3.create_bucket(Bucket=bucket)
    artifacts = [each for each in release.release().files if each.startswith(ARTIFACTS)]
    for each in artifacts:
        s3.put_object(Bucket=bucket, Key=each, Body=release.read(each))

    # When it is deployed with that bucket
    cloudformation = patched.client("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=(release.path / TEMPLATE).read_text(),
        Capabilities=["CAPABILITY_AUTO_EXPAND", "CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": "ArtifactBucket", "ParameterValue": bucket}],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 0.2, "MaxAttempts": 200}
    )

    # Then each function has an artifact's code, and each artifact of code a function
    made = functions_of(patched, stack)
    assert len(made) == functions
    digests = {
        key.removeprefix(ARTIFACTS).removesuffix(ZIP) for key in artifacts if key.endswith(ZIP)
    }
    assert {base64.b64decode(each["CodeSha256"]).hex() for each in made} == digests
    cloudformation.delete_stack(StackName=stack)


def functions_of(engine: Engine, stack: str) -> list[dict[str, Any]]:
    """The functions of a stack and of those that it nests."""
    found = []
    cloudformation = engine.client("cloudformation")
    for each in cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"]:
        if each["ResourceType"] == "AWS::Lambda::Function":
            client = engine.client("lambda")
            found.append(client.get_function_configuration(FunctionName=each["PhysicalResourceId"]))
        elif each["ResourceType"] == "AWS::CloudFormation::Stack":
            found += functions_of(engine, each["PhysicalResourceId"])
    return found
