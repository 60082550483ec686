"""An API's address is the stack's output, leads to it, and stays when its body changes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]
ADDRESS = "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/v1"
MOCK = {
    "type": "mock",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "responses": {"default": {"statusCode": "200"}},
}


def body(*paths: str, refusal: str = "418") -> dict[str, Any]:
    """An API with these paths, that says no in its own way."""
    return {
        "openapi": "3.0.1",
        "info": {"title": "an API", "version": "1"},
        "paths": {
            path: {"get": {"responses": {}, "x-amazon-apigateway-integration": MOCK}}
            for path in paths
        },
        "x-amazon-apigateway-gateway-responses": {
            "MISSING_AUTHENTICATION_TOKEN": {"statusCode": refusal}
        },
    }


class Stack:
    """A stack with an API, a key for it, and its address: as an output and in a function."""

    def __init__(self, engine: Engine, api: Mapping[str, Any]) -> None:
        self.engine, self.name = engine, unique("stack")
        self._formation = engine.client("cloudformation")
        self._deploy("create", api)

    def update(self, api: Mapping[str, Any]) -> None:
        self._deploy("update", api)

    def _deploy(self, operation: str, api: Mapping[str, Any]) -> None:
        # a deployment is made anew for each body, as SAM does
        deployment = f"Deployment{abs(hash(json.dumps(api)))}"
        resources = {
            "Api": {
                "Type": "AWS::ApiGateway::RestApi",
                "Properties": {"Name": self.name, "Body": api},
            },
            deployment: {
                "Type": "AWS::ApiGateway::Deployment",
                "Properties": {"RestApiId": {"Ref": "Api"}},
            },
            "Stage": {
                "Type": "AWS::ApiGateway::Stage",
                "Properties": {
                    "RestApiId": {"Ref": "Api"},
                    "DeploymentId": {"Ref": deployment},
                    "StageName": "v1",
                },
            },
            "Plan": {
                "Type": "AWS::ApiGateway::UsagePlan",
                "Properties": {"ApiStages": [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Stage"}}]},
            },
            "Address": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::Sub": ADDRESS}},
            },
        }
        outputs = {
            "Id": {"Value": {"Ref": "Api"}},
            "Plan": {"Value": {"Ref": "Plan"}},
            "Address": {"Value": {"Fn::Sub": ADDRESS}},
            "Joined": {
                "Value": {
                    "Fn::Join": [
                        "",
                        [
                            "https://",
                            {"Ref": "Api"},
                            ".execute-api.",
                            {"Ref": "AWS::Region"},
                            ".amazonaws.com",
                        ],
                    ]
                }
            },
            "Other": {"Value": "https://abcdefgh.execute-api.us-east-1.amazonaws.com/v1"},
            "Parameter": {"Value": {"Ref": "Address"}},
        }
        self.template = json.dumps({"Resources": resources, "Outputs": outputs})
        change = getattr(self._formation, f"{operation}_stack")
        change(StackName=self.name, TemplateBody=self.template)
        self._formation.get_waiter(f"stack_{operation}_complete").wait(
            StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )

    def outputs(self) -> dict[str, str]:
        (found,) = self._formation.describe_stacks(StackName=self.name)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}


def answer(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0  # it leads to AWS


def test_the_address_of_an_api_is_one_that_leads_to_it(gap: Gap) -> None:
    # Given a template that writes down its API's address as on AWS
    def observe(engine: Engine) -> list[int]:
        # When what the stack prints is called
        return [answer(Stack(engine, body("/there")).outputs()["Address"] + "/there")]

    # Then the API answers
    gap(observe, [200])


def test_the_address_is_the_same_wherever_a_template_has_it(patched: Engine) -> None:
    stack = Stack(patched, body("/"))
    outputs = stack.outputs()
    stored = patched.client("ssm").get_parameter(Name=outputs["Parameter"])["Parameter"]["Value"]
    assert stored == outputs["Address"] == f"{outputs['Joined']}/v1"
    assert outputs["Address"].startswith(f"{patched.endpoint}/")


def test_the_address_of_another_account_s_api_is_left_as_it_is(patched: Engine) -> None:
    outputs = Stack(patched, body("/")).outputs()
    assert outputs["Other"] == "https://abcdefgh.execute-api.us-east-1.amazonaws.com/v1"


def test_an_api_whose_body_changes_keeps_its_address(gap: Gap) -> None:
    # Given an API
    def observe(engine: Engine) -> list[Any]:
        stack = Stack(engine, body("/stays", "/goes"))
        before = stack.outputs()
        address = f"{engine.endpoint}/_aws/execute-api/{before['Id']}/v1"

        # When it gets another route, loses one, and refuses in another way
        stack.update(body("/stays", "/comes", refusal="499"))

        # Then it is the same, at the same address, and as it is described now
        after = stack.outputs()
        paths = ("/stays", "/comes", "/goes")
        return [before["Id"] == after["Id"], *(answer(address + path) for path in paths)]

    gap(observe, [True, 200, 200, 499])


def test_an_api_whose_body_changes_keeps_what_belongs_to_it(patched: Engine) -> None:
    # Given an API with tags, a stage and a usage plan
    stack = Stack(patched, body("/one"))
    gateway, before = patched.client("apigateway"), stack.outputs()
    api = gateway.get_rest_api(restApiId=before["Id"])

    # When its body changes, and changes back
    stack.update(body("/two"))
    stack.update(body("/one"))

    # Then they are there, and there is no other API
    after = gateway.get_rest_api(restApiId=before["Id"])
    assert after["createdDate"] == api["createdDate"]
    (stage,) = gateway.get_stages(restApiId=before["Id"])["item"]
    assert stage["stageName"] == "v1"
    assert stack.outputs()["Plan"] == before["Plan"]
    (planned,) = gateway.get_usage_plan(usagePlanId=before["Plan"])["apiStages"]
    assert (planned["apiId"], planned["stage"]) == (before["Id"], "v1")
    found = gateway.get_resources(restApiId=before["Id"])["items"]
    assert {each["path"] for each in found} == {"/", "/one"}
    named = [each["name"] for each in gateway.get_rest_apis(limit=500)["items"]]
    assert named.count(stack.name) == 1


def test_an_update_that_fails_takes_the_body_back(patched: Engine) -> None:
    # Given an API
    stack = Stack(patched, body("/one"))
    before, formation = stack.outputs(), patched.client("cloudformation")

    # When an update changes its body, and fails at something else
    template = json.loads(stack.template)
    template["Resources"]["Api"]["Properties"]["Body"] = body("/two")
    template["Resources"]["Fails"] = {
        "Type": "AWS::ApiGateway::Deployment",
        "DependsOn": "Api",
        "Properties": {"RestApiId": "none"},
    }
    formation.update_stack(StackName=stack.name, TemplateBody=json.dumps(template))
    with pytest.raises(Exception, match="ROLLBACK"):
        formation.get_waiter("stack_update_complete").wait(
            StackName=stack.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )

    # Then it is as it was, at its address
    assert stack.outputs()["Id"] == before["Id"]
    assert answer(before["Address"] + "/one") == 200
