"""The template as it is written: its parameters, what it makes, and what it leaves to Terraform."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.service.template.deployed import ENVIRONMENTS, PARTS, TEMPLATE, deployed

RULES = ("AllowedValues", "AllowedPattern", "MinValue")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    document: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return document


def test_no_parameter_has_a_default(written: dict[str, Any]) -> None:
    # Given the template / When its parameters are read / Then each is described, none has a default
    for name, parameter in written["Parameters"].items():
        assert parameter.get("Description"), name
        assert "Default" not in parameter, name


def test_every_parameter_refuses_wrong_values(written: dict[str, Any]) -> None:
    # Given the parameters that CloudFormation does not check by their type
    plain = {n: p for n, p in written["Parameters"].items() if p["Type"] in ("String", "Number")}
    # When those without a rule are looked for / Then there is none
    assert [name for name, each in plain.items() if not any(rule in each for rule in RULES)] == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("TableStreamArn", "arn:aws:dynamodb:us-east-1:111111111111:table/desk-dev-table"),
        ("ApiRoleArn", "desk-dev-api"),
        ("CodeDeployRoleArn", ""),
        ("AccessLogGroupArn", "arn:aws:logs:us-east-1:111111111111:log-group:/a:*"),
        ("NotificationsTopicArn", ""),
        ("KmsKeyArn", "alias/desk-dev"),
        ("EventBusName", "arn:aws:events:us-east-1:111111111111:event-bus/desk-dev-events"),
        ("EventInboxName", "arn:aws:sqs:us-east-1:111111111111:desk-dev-event-inbox"),
        ("PageTokenSecretArn", "desk-dev/page-token-a1"),
        ("WebhookSecretArn", ""),
        ("UserPoolArn", "us-east-1_AbCdEfGhI"),
        ("NightlySchedule", "cron(0 3 * * ?)"),
        ("WebhookUrl", "http://hooks.example.com"),
        ("WebhookUrl", "https://user:secret@hooks.example.com"),
        ("WebhookUrl", "https://hooks.example.com/desk?token=secret"),
        ("DataBucketName", "Desk_Bucket"),
        ("InsightsLayerArn", "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension"),
        ("ApiReservedConcurrency", "0"),
        ("ApiRevision", "a" * 63),
        ("SweepSchedule", "rate(1 minutes)"),
        ("SweepSchedule", "every day"),
        ("ArtifactBucket", "Desk_Bucket"),
    ],
)
def test_a_wrong_value_is_refused(written: dict[str, Any], name: str, wrong: str) -> None:
    # Given a value that another parameter could have / When it is held against the rule
    # Then it does not fit (CloudFormation matches the whole value)
    assert not re.fullmatch(written["Parameters"][name]["AllowedPattern"], wrong)


def test_every_parameter_is_used(written: dict[str, Any]) -> None:
    # Given the template / When its references are collected / Then each parameter is among them
    body = json.dumps({key: value for key, value in written.items() if key != "Parameters"})
    unused = [name for name in written["Parameters"] if f'"Ref": "{name}"' not in body]
    # the bucket is where packaging says the code is, in place of the folders
    assert unused == ["ArtifactBucket"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("target", ["local", "aws"])
def test_nothing_is_left_open_by_what_an_environment_renders(name: str, target: str) -> None:
    # Given an environment's parameters / When the template is resolved with them
    stack = deployed(name, target)
    # Then no condition is left undecided, and no parameter unresolved
    left = json.dumps(stack.resources)
    assert "Fn::If" not in left
    assert not [each for each in stack.parameters if f'{{"Ref": "{each}"}}' in left]


def test_the_application_makes_no_role_and_no_log_group() -> None:
    # Given the stack with every part that is optional
    stack = deployed("prod", api={"auth": "api_key", "cache_size_gb": 0.5})
    # When its resources are read / Then those are Terraform's
    kinds = {each["Type"] for each in stack.resources.values()}
    assert not [kind for kind in kinds if kind.startswith(("AWS::IAM::", "AWS::Logs::"))]


@pytest.mark.proves("A2")
def test_functions_have_both_layers() -> None:
    # Given the stack / When its functions' layers are read / Then they are the stack's own two
    stack = deployed()
    layers = [{"Ref": name} for name in stack.of_type("AWS::Lambda::LayerVersion")]
    assert len(layers) == 2
    assert [stack.properties(f"{part}Function")["Layers"] for part in PARTS] == [layers] * 3
