"""The API as it would be deployed: its routes and its stage, by each setting."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.service.template.deployed import Deployed, deployed

KEY = {"auth": "api_key"}
CACHED = {"cache_size_gb": 1.6, "cache_ttl_s": 300}
ROUTES = {
    "post /tickets",
    "get /tickets",
    "post /tickets:batchGet",
    "get /tickets/{ticket_id}",
    "patch /tickets/{ticket_id}",
    "post /tickets/{ticket_id}/comments",
    "get /tickets/{ticket_id}/comments",
    "get /tickets/{ticket_id}/watchers",
    "put /tickets/{ticket_id}/watchers/{user}",
    "delete /tickets/{ticket_id}/watchers/{user}",
    "get /teams/{team}/stats",
    "get /health",
}


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
def test_the_routes_are_these() -> None:
    # Given the body that the template includes / When its routes are read / Then these are all
    assert routes(deployed()).keys() == ROUTES


@pytest.mark.proves("A4")
def test_every_route_goes_to_the_functions_alias_by_its_permission() -> None:
    # Given the routes / When their integrations are read
    stack = deployed()
    integrations = [each["x-amazon-apigateway-integration"] for each in routes(stack).values()]
    alias = "path/2015-03-31/functions/${ApiFunctionAliaslive}/invocations"
    # Then each hands the whole request to the alias, and none takes a role or the caller's rights
    for each in integrations:
        assert (each["type"], each["httpMethod"]) == ("aws_proxy", "POST")
        assert each["uri"]["Fn::Sub"][0] == f"arn:aws:apigateway:us-east-1:lambda:{alias}"
        assert "credentials" not in each
        assert each["uri"]["Fn::Sub"][1].keys() <= stack.resources.keys()


@pytest.mark.proves("A4", "I5")
def test_the_api_may_call_the_alias_from_this_stage_and_no_other() -> None:
    # Given the permissions for API Gateway / When they are read
    permissions = deployed().of_type("AWS::Lambda::Permission").values()
    own = [each for each in permissions if each["Principal"] == "apigateway.amazonaws.com"]
    # Then there is one, whose pattern covers every method and path of the stage
    (permission,) = own
    assert permission["FunctionName"] == {"Ref": "ApiFunctionAliaslive"}
    assert permission["Action"] == "lambda:InvokeFunction"
    assert permission["SourceArn"]["Fn::Sub"][0] == (
        "arn:aws:execute-api:us-east-1:111111111111:${Api}/${Apiv1Stage}/*/*"
    )


@pytest.mark.proves("A4")
def test_every_parameter_of_a_path_is_declared() -> None:
    # Given the routes / When the parameters of their paths are read / Then each is declared
    for route, each in routes(deployed()).items():
        declared = [(p["in"], p["name"], p["required"]) for p in each.get("parameters", [])]
        assert declared == [("path", name, True) for name in re.findall(r"{(\w+)}", route)], route


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
    kind = "AWS::ApiGateway::Deployment"
    assert list(deployed(**other).of_type(kind)) == list(deployed(api=KEY).of_type(kind))


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
    assert {"request_id", "status", "route", "caller", "subject"} <= json.loads(
        log["Format"]
    ).keys()


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
    # Then each parameter of the path is one
    for route, parameter in [
        ("get /tickets/{ticket_id}", "ticket_id"),
        ("get /teams/{team}/stats", "team"),
    ]:
        integration = found[route]["x-amazon-apigateway-integration"]
        assert integration["cacheKeyParameters"] == [f"method.request.path.{parameter}"]


@pytest.mark.proves("A4")
@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_without_a_cache_nothing_is_cached(name: str) -> None:
    # Given an environment as it is / When the stage is read / Then there is no cache to pay for
    stack = deployed(name)
    assert stage(stack)["CacheClusterEnabled"] is False
    assert "CacheClusterSize" not in stage(stack)
    assert [e for e in method_settings(stack).values() if e["CachingEnabled"]] == []
