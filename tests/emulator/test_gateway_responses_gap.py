"""What API Gateway answers by itself is what the API's body says of it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.deployed.api_address import api_base_address

from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

BODY = {
    "openapi": "3.0.1",
    "info": {"title": "an API", "version": "1"},
    "paths": {
        "/": {"get": {"responses": {}, "x-amazon-apigateway-integration": {"type": "mock"}}},
    },
    "x-amazon-apigateway-gateway-responses": {
        "MISSING_AUTHENTICATION_TOKEN": {
            "statusCode": "418",
            "responseParameters": {"gatewayresponse.header.Content-Type": "'text/x-none'"},
            "responseTemplates": {"application/json": "none: $context.requestId"},
        }
    },
}


def refused(engine: Engine) -> tuple[int, str, bool]:
    """How a path that is none is answered: status, type, whether the body is as described."""
    stack = unique("stack")
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": BODY}},
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "v1"},
        },
    }
    template = {"Resources": resources, "Outputs": {"Id": {"Value": {"Ref": "Api"}}}}
    formation = engine.client("cloudformation")
    formation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    (found,) = formation.describe_stacks(StackName=stack)["Stacks"]
    (output,) = found["Outputs"]
    region = engine.environment.region
    base = api_base_address(engine.endpoint, region, output["OutputValue"], "v1")
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{base}/none", timeout=30)
    body = raised.value.read().decode()
    return raised.value.code, raised.value.headers["Content-Type"], body.startswith("none: ")


def test_it_answers_as_the_body_says(gap: Gap) -> None:
    # Given an API whose body says so / When a path that is none is asked for / Then it is so
    gap(refused, (418, "text/x-none", True))
