"""Who may call the API: by a key, a signature, both, or a user pool's token, from one template."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from codegen.sam.template import load_template
from tests.service.template.deployed import TEMPLATE, Deployed, deployed

POOL = "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_aB3xY9kLm"
WAYS = {
    "key": {"ApiKeyRequired": "true"},
    "iam": {"ApiAuthorizer": "AWS_IAM"},
    "key and iam": {"ApiKeyRequired": "true", "ApiAuthorizer": "AWS_IAM"},
    "cognito": {"UserPoolArn": POOL},
}
KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}
IN_HEADER = {"type": "apiKey", "name": "Authorization", "in": "header"}
IAM = {**IN_HEADER, "x-amazon-apigateway-authtype": "awsSigv4"}
COGNITO = {
    **IN_HEADER,
    "x-amazon-apigateway-authtype": "cognito_user_pools",
    "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [POOL]},
}
KEY_TYPES = (
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
)


def known_by(auth: Mapping[str, str]) -> Deployed:
    """dev, with callers known as these parameters say, whatever its settings."""
    stack = deployed()
    nobody = {"ApiKeyRequired": "", "ApiAuthorizer": "", "UserPoolArn": ""}
    return Deployed(stack.environment, {**stack.parameters, **nobody, **auth})


def body(stack: Deployed) -> dict[str, Any]:
    found: dict[str, Any] = stack.properties("Api")["Body"]
    return found


def securities(stack: Deployed) -> list[Any]:
    """What each route says of security."""
    paths = body(stack)["paths"].values()
    return [operation["security"] for verbs in paths for operation in verbs.values()]


def deployment(stack: Deployed) -> str:
    (logical_id,) = stack.of_type("AWS::ApiGateway::Deployment")
    return logical_id


@pytest.mark.proves("A5")
@pytest.mark.parametrize(
    ("way", "security", "schemes"),
    [
        ("key", [{"api_key": []}], {"api_key": KEY}),
        ("iam", [{"AWS_IAM": []}], {"AWS_IAM": IAM}),
        ("key and iam", [{"AWS_IAM": []}, {"api_key": []}], {"AWS_IAM": IAM, "api_key": KEY}),
        ("cognito", [{"cognito": []}], {"cognito": COGNITO}),
    ],
)
def test_every_route_asks_for_what_the_parameters_say(
    way: str, security: list[Any], schemes: dict[str, Any]
) -> None:
    # Given a way to know callers / When the body is read
    stack = known_by(WAYS[way])
    # Then each route asks for just that, and the body has just that scheme
    assert [each for each in securities(stack) if each != security] == []
    assert body(stack)["components"]["securitySchemes"] == schemes
    # and nothing of the others is left anywhere in it
    assert "Fn::If" not in json.dumps(body(stack))
    assert "NoValue" not in json.dumps(body(stack))


@pytest.mark.proves("A5")
def test_a_change_of_authorisation_is_deployed_to_the_stage() -> None:
    # Given deployments that differ in who may call / When they are read
    stacks = [known_by(auth) for auth in WAYS.values()]
    made = [deployment(stack) for stack in stacks]
    # Then each has one of its own, always the same, which the stage points to
    assert len(set(made)) == len(WAYS)
    assert made == [deployment(known_by(auth)) for auth in WAYS.values()]
    for stack in stacks:
        assert stack.properties("Apiv1Stage")["DeploymentId"] == {"Ref": deployment(stack)}


@pytest.mark.proves("A5")
@pytest.mark.parametrize(
    ("key", "iam", "pool"), [*product(["true", ""], ["AWS_IAM", ""], [POOL, ""])]
)
def test_an_open_api_is_refused_by_the_template_itself(key: str, iam: str, pool: str) -> None:
    # Given parameters by hand / When the template's rule is held against them
    stack = known_by({"ApiKeyRequired": key, "ApiAuthorizer": iam, "UserPoolArn": pool})
    # Then what anybody may call is not deployed, nor what SAM would drop the user pool from
    assert stack.allowed is (bool(key or iam) != bool(pool))


@pytest.mark.proves("A5")
@pytest.mark.parametrize("way", WAYS)
def test_there_is_a_key_only_where_one_is_asked_for(way: str) -> None:
    # Given a way to know callers / When key, plan and the output are looked for
    stack, keys = known_by(WAYS[way]), "key" in way
    # Then they are there where a key is asked for
    assert [len(stack.of_type(kind)) for kind in KEY_TYPES] == [1 if keys else 0] * 3
    assert ("ApiKeyId" in stack.outputs) is keys
    assert {"ApiUrl", "ApiId", "ApiStage"} <= stack.outputs.keys()


@pytest.mark.proves("A5")
@pytest.mark.parametrize(
    ("name", "auth"), [("dev", "api_key"), ("staging", "iam"), ("prod", "iam")]
)
def test_an_environment_knows_callers_by_what_its_setting_says(name: str, auth: str) -> None:
    # Given an environment as it is / When its routes are read
    stack = deployed(name)
    # Then they ask for that
    assert stack.environment.api.auth == auth
    scheme = {"api_key": "api_key", "iam": "AWS_IAM"}[auth]
    assert [each for each in securities(stack) if each != [{scheme: []}]] == []
    assert stack.allowed


@pytest.mark.proves("A5")
def test_the_key_is_in_a_throttled_usage_plan() -> None:
    # Given key and plan / When they are read / Then the plan covers our stage, with limits
    stack = deployed(api={"auth": "api_key", "throttle_rate": 7, "throttle_burst": 9})
    (plan,) = stack.of_type("AWS::ApiGateway::UsagePlan").values()
    assert stack.properties("ApiApiKey")["Enabled"] is True
    (key,) = stack.of_type("AWS::ApiGateway::UsagePlanKey").values()
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Apiv1Stage"}}]
    assert plan["Throttle"] == {"RateLimit": "7", "BurstLimit": "9"}
    assert key["KeyId"] == {"Ref": "ApiApiKey"}
    assert key["UsagePlanId"] == {"Ref": "ApiUsagePlan"}


@pytest.mark.parametrize(
    ("arn", "fits"),
    [
        (POOL, True),
        ("", True),
        ("us-east-1_aB3xY9kLm", False),
        (f"{POOL}/client", False),
        ("arn:aws:iam::111111111111:user/ana", False),
    ],
)
def test_a_user_pool_is_named_by_its_arn(arn: str, fits: bool) -> None:
    # Given a value / When it is held against the parameter's pattern / Then only an ARN fits
    pattern = load_template(TEMPLATE).parameters["UserPoolArn"].allowed_pattern
    assert pattern is not None
    assert bool(re.fullmatch(pattern, arn)) is fits
