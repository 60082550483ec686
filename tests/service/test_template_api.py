"""The API as it would be deployed: who may call it, and its stage, by each setting."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.service.deployed import Deployed, deployed

KEY, IAM = {"auth": "api_key"}, {"auth": "iam"}
CACHED = {"cache_size_gb": 1.6, "cache_ttl_s": 300}
ROUTES = {"post /tickets", "get /tickets/{ticket_id}", "get /teams/{team}/stats", "get /health"}
KEY_TYPES = (
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
)


def routes(stack: Deployed) -> dict[str, dict[str, Any]]:
    paths = stack.properties("Api")["Body"]["paths"]
    return {f"{verb} {path}": each for path, verbs in paths.items() for verb, each in verbs.items()}


def stage(stack: Deployed) -> dict[str, Any]:
    return stack.properties("Apiv1Stage")


def method_settings(stack: Deployed) -> dict[str, dict[str, Any]]:
    """`<verb> <path>` → what the stage says of it."""
    found = stage(stack)["MethodSettings"]
    path = {each["ResourcePath"]: each["ResourcePath"][1:].replace("~1", "/") for each in found}
    return {f"{each['HttpMethod'].lower()} {path[each['ResourcePath']]}": each for each in found}


@pytest.mark.proves("A4")
@pytest.mark.parametrize("auth", [KEY, IAM])
def test_the_routes_are_these(auth: dict[str, str]) -> None:
    # Given either way of authorisation / When the routes are read / Then they are all, explicit
    assert routes(deployed(api=auth)).keys() == ROUTES


@pytest.mark.proves("A5")
def test_with_keys_every_route_needs_one() -> None:
    # Given the setting api_key / When security is read / Then each route needs a key, no signature
    stack = deployed(api=KEY)
    schemes = stack.properties("Api")["Body"]["components"]["securitySchemes"]
    assert [each["security"] for each in routes(stack).values()] == [[{"api_key": []}]] * len(
        ROUTES
    )
    assert schemes == {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}


@pytest.mark.proves("A5")
def test_with_iam_every_route_needs_a_signature() -> None:
    # Given the setting iam / When security is read / Then each route needs a signature, no key
    stack = deployed(api=IAM)
    schemes = stack.properties("Api")["Body"]["components"]["securitySchemes"]
    assert [each["security"] for each in routes(stack).values()] == [[{"AWS_IAM": []}]] * len(
        ROUTES
    )
    assert schemes["AWS_IAM"]["x-amazon-apigateway-authtype"] == "awsSigv4"


@pytest.mark.proves("A5")
def test_with_iam_a_caller_needs_no_right_to_the_function() -> None:
    # Given the setting iam / When integrations are read
    stack = deployed(api=IAM)
    integrations = [each["x-amazon-apigateway-integration"] for each in routes(stack).values()]
    # Then API Gateway calls the function by its own permission, not as the caller
    assert [each for each in integrations if "credentials" in each] == []


@pytest.mark.proves("A5")
def test_a_change_of_authorisation_is_deployed_to_the_stage() -> None:
    # Given two deployments that differ in who may call / When their deployments are read
    before, after, again = deployed(api=KEY), deployed(api=IAM), deployed(api=KEY)
    # Then each is a deployment of its own, which the stage points to
    assert _deployment(before) != _deployment(after)
    assert _deployment(before) == _deployment(again)
    for stack in (before, after):
        assert stage(stack)["DeploymentId"] == {"Ref": _deployment(stack)}


@pytest.mark.parametrize(
    "other",
    [
        {"api": {**KEY, **CACHED}},
        {"api": {**KEY, "access_log": False, "throttle_rate": 51}},
        {"functions": {"api_memory_mb": 1024}},
    ],
)
def test_what_is_not_in_the_body_makes_no_new_deployment(other: dict[str, Any]) -> None:
    # Given a setting of stage or function / When it changes / Then the deployment stays
    assert _deployment(deployed(**other)) == _deployment(deployed(api=KEY))


def _deployment(stack: Deployed) -> str:
    (logical_id,) = stack.of_type("AWS::ApiGateway::Deployment")
    return logical_id


@pytest.mark.proves("A5")
@pytest.mark.parametrize(
    ("name", "auth"), [("dev", "api_key"), ("staging", "iam"), ("prod", "iam")]
)
def test_an_environment_has_a_key_only_where_one_is_asked_for(name: str, auth: str) -> None:
    # Given an environment as it is / When key, plan and the output are looked for
    stack = deployed(name)
    assert stack.environment.api.auth == auth
    # Then they are there where a key is asked for
    keys = auth == "api_key"
    assert [len(stack.of_type(kind)) for kind in KEY_TYPES] == [1 if keys else 0] * 3
    assert ("ApiKeyId" in stack.outputs) is keys
    assert {"ApiUrl", "ApiId", "ApiStage"} <= stack.outputs.keys()


@pytest.mark.proves("A5")
def test_the_key_is_in_a_throttled_usage_plan() -> None:
    # Given key and plan / When they are read / Then the plan covers our stage, with limits
    stack = deployed(api={**KEY, "throttle_rate": 7, "throttle_burst": 9})
    (plan,) = stack.of_type("AWS::ApiGateway::UsagePlan").values()
    assert stack.properties("ApiApiKey")["Enabled"] is True
    (key,) = stack.of_type("AWS::ApiGateway::UsagePlanKey").values()
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Apiv1Stage"}}]
    assert plan["Throttle"] == {"RateLimit": "7", "BurstLimit": "9"}
    assert key["KeyId"] == {"Ref": "ApiApiKey"}
    assert key["UsagePlanId"] == {"Ref": "ApiUsagePlan"}


@pytest.mark.proves("A5")
@pytest.mark.parametrize(
    ("key", "authorizer", "allowed"),
    [("true", "", True), ("", "AWS_IAM", True), ("true", "AWS_IAM", True), ("", "", False)],
)
def test_an_open_api_is_refused_by_the_template_itself(
    key: str, authorizer: str, allowed: bool
) -> None:
    # Given parameters by hand / When the template's rule is held against them
    stack = deployed()
    by_hand = {**stack.parameters, "ApiKeyRequired": key, "ApiAuthorizer": authorizer}
    # Then an API that anybody may call is not deployed
    assert Deployed(stack.environment, by_hand).allowed is allowed


@pytest.mark.proves("A4")
@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_the_api_is_served_from_its_own_region(name: str) -> None:
    # Given an environment as it is / When the endpoint is read / Then no edge location is before it
    assert deployed(name).properties("Api")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


@pytest.mark.proves("A4")
def test_there_is_one_stage() -> None:
    # Given the API / When its stages are read / Then SAM has made no second one
    stack = deployed()
    assert list(stack.of_type("AWS::ApiGateway::Stage")) == ["Apiv1Stage"]
    deployments = stack.of_type("AWS::ApiGateway::Deployment").values()
    assert all("StageName" not in each for each in deployments)


@pytest.mark.proves("A4")
@pytest.mark.parametrize("cache", [{}, CACHED])
def test_every_method_is_throttled_and_measured_and_logs_no_bodies(cache: dict[str, Any]) -> None:
    # Given the stage, with a cache or without / When its methods' settings are read
    found = method_settings(deployed(api={"throttle_rate": 7, "throttle_burst": 9, **cache}))
    # Then there is an entry for all, and none takes anything back
    assert "* *" in found
    for each in found.values():
        assert (each["ThrottlingRateLimit"], each["ThrottlingBurstLimit"]) == ("7", "9")
        assert each["MetricsEnabled"] is True
        assert each["DataTraceEnabled"] is False


@pytest.mark.proves("A4")
def test_the_access_log_is_json_in_terraforms_log_group() -> None:
    # Given the setting, on / When the stage is read / Then it logs to that group, as JSON
    log = stage(deployed(api={"access_log": True}))["AccessLogSetting"]
    assert log["DestinationArn"] == (
        "arn:aws:logs:us-east-1:111111111111:log-group:/aws/apigateway/desk-dev"
    )
    assert {"request_id", "status", "route", "caller"} <= json.loads(log["Format"]).keys()


@pytest.mark.proves("A4")
def test_without_the_access_log_there_is_none() -> None:
    # Given the setting, off / When the stage is read / Then the property is not there
    assert "AccessLogSetting" not in stage(deployed(api={"access_log": False}))


@pytest.mark.proves("A4")
def test_a_cache_keeps_what_is_read_and_never_health() -> None:
    # Given a cache as a setting / When the stage is read
    stack = deployed(api=CACHED)
    found = method_settings(stack)
    cached = {name for name, each in found.items() if each["CachingEnabled"]}
    # Then it has that size, and the two reads are cached, encrypted, for so long
    assert stage(stack)["CacheClusterEnabled"] is True
    assert stage(stack)["CacheClusterSize"] == "1.6"
    assert cached == {"get /tickets/{ticket_id}", "get /teams/{team}/stats"}
    assert [found[name]["CacheTtlInSeconds"] for name in cached] == ["300", "300"]
    assert [found[name]["CacheDataEncrypted"] for name in cached] == [True, True]


@pytest.mark.proves("A4")
def test_what_is_cached_is_kept_apart_by_its_path() -> None:
    # Given the cached routes / When their cache keys are read
    found = routes(deployed(api=CACHED))
    # Then each parameter of the path is one, and is declared
    for route, parameter in [
        ("get /tickets/{ticket_id}", "ticket_id"),
        ("get /teams/{team}/stats", "team"),
    ]:
        integration = found[route]["x-amazon-apigateway-integration"]
        assert integration["cacheKeyParameters"] == [f"method.request.path.{parameter}"]
        (declared,) = found[route]["parameters"]
        assert (declared["in"], declared["name"]) == ("path", parameter)
        assert declared["required"] is True


@pytest.mark.proves("A4")
@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_without_a_cache_nothing_is_cached(name: str) -> None:
    # Given an environment as it is / When the stage is read / Then there is no cache to pay for
    stack = deployed(name)
    assert stage(stack)["CacheClusterEnabled"] is False
    assert "CacheClusterSize" not in stage(stack)
    assert [e for e in method_settings(stack).values() if e["CachingEnabled"]] == []
