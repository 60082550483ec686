"""What a deployment will be, read from the expanded template: much of it no emulator acts on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from codegen.errors import BatonError
from pipeline.expanded import expand_template
from tests.service.parameters import PARAMETERS

TEMPLATE = Path(__file__).resolve().parents[2] / "sam-app/template.yaml"
FUNCTIONS = ("Api", "Processor", "Scheduled")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    document: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return document


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    expanded: dict[str, Any] = expand_template(TEMPLATE, PARAMETERS)["Resources"]
    return expanded


@pytest.fixture(scope="module")
def mapping(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resources["ProcessorFunctionDomainEvents"]["Properties"]
    return found


@pytest.fixture(scope="module")
def stage(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resources["Apiv1Stage"]["Properties"]
    return found


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def test_no_parameter_has_a_default(written: dict[str, Any]) -> None:
    # Given the template / When its parameters are read / Then each is described, none has a default
    for name, parameter in written["Parameters"].items():
        assert parameter.get("Description"), name
        assert "Default" not in parameter, name


def test_every_parameter_refuses_wrong_values(written: dict[str, Any]) -> None:
    # Given the parameters that CloudFormation does not check by their type
    plain = {n: p for n, p in written["Parameters"].items() if p["Type"] in ("String", "Number")}
    # When their rules are read / Then each has one, and it takes the value that we deploy
    for name, parameter in plain.items():
        value = PARAMETERS[name]
        if parameter["Type"] == "Number":
            assert parameter["MinValue"] <= int(value) <= parameter["MaxValue"]
        elif "AllowedValues" in parameter:
            assert value in parameter["AllowedValues"]
        else:
            assert re.fullmatch(parameter["AllowedPattern"], value), name


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("TableStreamArn", "arn:aws:dynamodb:us-east-1:111111111111:table/desk-dev-table"),
        ("ApiRoleArn", "desk-dev-api"),
        ("AccessLogGroupArn", "arn:aws:logs:us-east-1:111111111111:log-group:/a:*"),
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


@pytest.mark.parametrize("part", FUNCTIONS)
def test_a_function_is_what_terraform_decided(resources: dict[str, Any], part: str) -> None:
    # Given an expanded function / When its properties are read
    function = resources[f"{part}Function"]["Properties"]
    # Then name, role, log group, subnets and security group are parameters
    assert function["FunctionName"] == {"Ref": f"{part}FunctionName"}
    assert function["Role"] == {"Ref": f"{part}RoleArn"}
    assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{part}LogGroupName"}
    assert function["VpcConfig"] == {
        "SubnetIds": {"Ref": "PrivateSubnetIds"},
        "SecurityGroupIds": [{"Ref": "LambdaSecurityGroupId"}],
    }
    assert function["TracingConfig"] == {"Mode": {"Ref": "Tracing"}}
    assert len(function["Layers"]) == 2


@pytest.mark.parametrize("part", FUNCTIONS)
def test_the_alias_moves_with_the_revision_only(part: str) -> None:
    # Given a deployment / When one parameter is changed, then the revision
    version = _version(part)
    other_memory = _version(part, **{f"{part}Memory": "1024"})
    other_revision = _version(part, **{f"{part}Revision": "d" * 64})
    # Then only the revision makes another version
    assert other_memory == version
    assert other_revision != version


def _version(part: str, **changes: str) -> str:
    alias = expand_template(TEMPLATE, PARAMETERS | changes)["Resources"][f"{part}FunctionAliaslive"]
    version: str = alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
    return version


def test_functions_are_called_by_their_alias(resources: dict[str, Any]) -> None:
    # Given rule, event source mapping and API / When their targets are read
    rule = resources["ScheduledFunctionSweep"]["Properties"]["Targets"][0]
    mapping = resources["ProcessorFunctionDomainEvents"]["Properties"]
    api = json.dumps(resources["Api"]["Properties"]["Body"])
    # Then all are aliases, whose versions the release has verified
    assert rule["Arn"] == {"Ref": "ScheduledFunctionAliaslive"}
    assert mapping["FunctionName"] == {"Ref": "ProcessorFunctionAliaslive"}
    assert "${ApiFunctionAliaslive}" in api
    assert "${ApiFunction.Arn}" not in api


def test_only_new_events_reach_the_processor(mapping: dict[str, Any]) -> None:
    # Given the mapping / When its filter is read / Then it takes inserted events, nothing else
    pattern = json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"])
    assert pattern == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}},
    }


def test_what_fails_in_the_stream_is_given_up_and_kept(mapping: dict[str, Any]) -> None:
    # Given the mapping / When its safeguards are read
    # Then failures are reported by record, retried a finite number of times, and parked
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] < 100
    assert 60 <= mapping["MaximumRecordAgeInSeconds"] < 86_400
    assert mapping["DestinationConfig"]["OnFailure"] == {
        "Destination": {"Fn::GetAtt": ["StreamDlq", "Arn"]}
    }
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BatchSize"] == 100
    assert mapping["MaximumBatchingWindowInSeconds"] == 1


def test_what_fails_on_schedule_is_kept(resources: dict[str, Any]) -> None:
    # Given rule and function / When their dead-letter queues are read
    target = resources["ScheduledFunctionSweep"]["Properties"]["Targets"][0]
    function = resources["ScheduledFunction"]["Properties"]
    queue = {"Fn::GetAtt": ["ScheduleDlq", "Arn"]}
    # Then both what is not delivered and what the function fails at go there
    assert target["DeadLetterConfig"] == {"Arn": queue}
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    assert function["DeadLetterConfig"] == {"TargetArn": queue}
    assert resources["ScheduledFunctionSweep"]["Properties"]["ScheduleExpression"] == {
        "Ref": "SweepSchedule"
    }


@pytest.mark.parametrize("queue", ["StreamDlq", "ScheduleDlq"])
def test_a_dead_letter_queue_is_encrypted_and_tls_only(
    resources: dict[str, Any], queue: str
) -> None:
    # Given a queue / When it and its policy are read
    properties = resources[queue]["Properties"]
    statements = resources[f"{queue}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    # Then it is encrypted, keeps messages for 14 days, and refuses what comes without TLS
    assert properties["SqsManagedSseEnabled"] is True
    assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600
    refusal = next(each for each in statements if each["Effect"] == "Deny")
    assert refusal["Principal"] == "*"
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_our_rule_may_send_to_the_schedules_queue(resources: dict[str, Any]) -> None:
    # Given the queue's policy / When what it allows is read / Then it is this rule of this account
    policy = resources["ScheduleDlqPolicy"]["Properties"]["PolicyDocument"]
    (allowed,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ScheduledFunctionSweep", "Arn"]}},
        "StringEqualsIfExists": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }


def test_the_stage_is_throttled_measured_and_logged(stage: dict[str, Any]) -> None:
    # Given the stage / When its settings are read
    (settings,) = stage["MethodSettings"]
    log = stage["AccessLogSetting"]
    # Then every method is throttled by parameter and measured, and bodies stay out of the logs
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "ThrottleBurst"}
    assert settings["MetricsEnabled"] is True
    assert settings["DataTraceEnabled"] is False
    # And the access log is JSON, in Terraform's log group
    assert log["DestinationArn"] == {"Ref": "AccessLogGroupArn"}
    assert {"request_id", "status", "route"} <= json.loads(log["Format"]).keys()


def test_there_is_one_stage(resources: dict[str, Any]) -> None:
    # Given the API / When its stages are read / Then SAM has made no second one
    assert list(of_type(resources, "AWS::ApiGateway::Stage")) == ["Apiv1Stage"]
    deployments = of_type(resources, "AWS::ApiGateway::Deployment").values()
    assert all("StageName" not in each for each in deployments)


def test_every_route_needs_a_key(resources: dict[str, Any]) -> None:
    # Given the API's routes / When their security is read / Then each asks for the API key
    paths = resources["Api"]["Properties"]["Body"]["paths"]
    routes = {f"{method} {path}": each for path, m in paths.items() for method, each in m.items()}
    assert set(routes) == {
        "post /tickets",
        "get /tickets/{ticket_id}",
        "get /teams/{team}/stats",
        "get /health",
    }
    assert all(each["security"] == [{"api_key": []}] for each in routes.values())


def test_the_key_is_in_a_throttled_usage_plan(resources: dict[str, Any]) -> None:
    # Given key and plan / When they are read / Then the plan covers our stage, with limits
    (plan,) = of_type(resources, "AWS::ApiGateway::UsagePlan").values()
    (key,) = of_type(resources, "AWS::ApiGateway::UsagePlanKey").values()
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Apiv1Stage"}}]
    assert set(plan["Throttle"]) == {"RateLimit", "BurstLimit"}
    assert key["KeyId"] == {"Ref": "ApiApiKey"}


def test_the_application_makes_no_role_and_no_log_group(resources: dict[str, Any]) -> None:
    # Given the expanded template / When its resources are read / Then those are Terraform's
    kinds = {each["Type"] for each in resources.values()}
    assert not [kind for kind in kinds if kind.startswith(("AWS::IAM::", "AWS::Logs::"))]


def test_a_file_that_is_no_template_is_named(tmp_path: Path) -> None:
    # Given a file that is no template / When it is expanded / Then it is named
    file = tmp_path / "other.yaml"
    file.write_text("a: 1")
    with pytest.raises(BatonError, match=r"other\.yaml is no template"):
        expand_template(file, {})


def test_what_sam_refuses_is_passed_on(tmp_path: Path) -> None:
    # Given a template that SAM refuses / When it is expanded / Then its reason is passed on
    file = tmp_path / "template.yaml"
    file.write_text("Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: a/}}}")
    with pytest.raises(BatonError, match=r"SAM refuses .*\[A\]"):
        expand_template(file, {})
