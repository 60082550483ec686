"""A function behind a method that asks for an API key is told whose request it answers."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.deployed.api_address import api_base_address

from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

CODE = """
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"]["identity"])}
"""


def told(engine: Engine, *, key_required: bool) -> tuple[bool, bool]:
    """Whether a function is told the id of the key that a request came with, and the key."""
    gateway = engine.client("apigateway")
    key = gateway.create_api_key(name=unique("key"), enabled=True)
    url = _api(engine, gateway, key["id"], key_required)
    request = urllib.request.Request(url, headers={"x-api-key": key["value"]})
    with urllib.request.urlopen(request, timeout=30) as response:
        identity = json.load(response)
    return identity.get("apiKeyId") == key["id"], key["value"] in identity.values()


def _api(engine: Engine, gateway: Any, key_id: str, key_required: bool) -> str:
    api = gateway.create_rest_api(name=unique("api"))["id"]
    (root,) = gateway.get_resources(restApiId=api)["items"]
    method = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE", apiKeyRequired=key_required)
    region = engine.environment.region
    function = engine.create_function(CODE)
    arn = engine.client("lambda").get_function(FunctionName=function)["Configuration"]
    gateway.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
        f"{arn['FunctionArn']}/invocations",
    )
    engine.client("lambda").add_permission(
        FunctionName=function,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    gateway.create_deployment(restApiId=api, stageName="v1")
    stages = [{"apiId": api, "stage": "v1"}]
    plan = gateway.create_usage_plan(name=unique("plan"), apiStages=stages)["id"]
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key_id, keyType="API_KEY")
    return api_base_address(engine.endpoint, region, api, "v1") + "/"


def test_a_function_is_told_the_keys_id_and_never_the_key(gap: Gap) -> None:
    # Given a method that asks for a key / When it is called / Then the id is the function's to know
    gap(lambda engine: told(engine, key_required=True), (True, False))


def test_where_no_key_is_asked_for_there_is_none(patched: Engine) -> None:
    # Given a method that asks for none / When a key is sent all the same / Then nobody is told
    assert told(patched, key_required=False) == (False, False)
