"""The transforms of a nested template are applied, with the parameters that its stack is given."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from .conftest import Engine, unique

pytestmark = pytest.mark.engine

NESTED = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Tables:
    - Name
    - !Ref Names
    - ${Name}Table: {Type: AWS::Serverless::SimpleTable}
"""


def tables(engine: Engine) -> list[str]:
    """The tables of a nested template, deployed by its stack."""
    bucket, stack = unique("bucket"), unique("stack")
    engine.client("s3").create_bucket(Bucket=bucket)
    engine.client("s3").put_object(Bucket=bucket, Key="nested.yaml", Body=NESTED.encode())
    properties = {
        "TemplateURL": f"https://s3.us-east-1.amazonaws.com/{bucket}/nested.yaml",
        "Parameters": {"Names": "A,B"},
    }
    outer = {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": properties}}
    cloudformation: Any = engine.client("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps({"Resources": outer}),
        Capabilities=["CAPABILITY_AUTO_EXPAND"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 0.2, "MaxAttempts": 100}
    )
    inner = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Nested")
    name = inner["StackResourceDetail"]["PhysicalResourceId"]
    found = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return sorted(each["LogicalResourceId"] for each in found)


def test_stock_applies_no_transform_of_a_nested_template(stock: Engine) -> None:
    # when this fails, the gap is closed upstream, and gaps/nested_transforms.py can go
    with pytest.raises(WaiterError):
        tables(stock)


def test_patched_applies_them(patched: Engine) -> None:
    assert tables(patched) == ["ATable", "BTable"]
