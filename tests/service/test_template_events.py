"""What starts the functions besides the API, and what becomes of what they fail at."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.sam.intrinsics import Evaluator
from codegen.sam.template import SamTemplate
from codegen.settings import Environment
from tests.codegen.builders import environment
from tests.service.deployed import ENVIRONMENTS, PARTS, Deployed, deployed


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def stack(request: pytest.FixtureRequest) -> Deployed:
    return deployed(request.param)


@pytest.fixture
def mapping(stack: Deployed) -> dict[str, Any]:
    return stack.properties("ProcessorFunctionDomainEvents")


@pytest.mark.proves("A3", "A6", "A7")
def test_functions_are_called_by_their_alias(stack: Deployed, mapping: dict[str, Any]) -> None:
    # Given rule, event source mapping and API / When their targets are read
    rule = stack.properties("ScheduledFunctionSweep")["Targets"][0]
    api = json.dumps(stack.properties("Api")["Body"])
    # Then all are aliases, whose versions the release has verified
    assert rule["Arn"] == {"Ref": "ScheduledFunctionAliaslive"}
    assert mapping["FunctionName"] == {"Ref": "ProcessorFunctionAliaslive"}
    assert "${ApiFunctionAliaslive}" in api
    assert "${ApiFunction.Arn}" not in api


@pytest.mark.proves("I5")
def test_whoever_invokes_a_function_is_named_by_its_arn(stack: Deployed) -> None:
    # Given the functions' permissions / When they are read
    permissions = stack.of_type("AWS::Lambda::Permission").values()
    # Then each is for one alias, and names the rule or the route of this account's API that calls
    aliases = [{"Ref": f"{part}FunctionAliaslive"} for part in PARTS]
    assert all(each["FunctionName"] in aliases for each in permissions)
    routes = [
        json.dumps(e["SourceArn"]) for e in permissions if e["Principal"] != "events.amazonaws.com"
    ]
    account = stack.environment.account_id
    own = f"arn:aws:execute-api:us-east-1:{account}:${{__ApiId__}}/*/"
    assert len(routes) == 4
    assert [route for route in routes if own not in route] == []
    assert [e["SourceArn"] for e in permissions if e["Principal"] == "events.amazonaws.com"] == [
        {"Fn::GetAtt": ["ScheduledFunctionSweep", "Arn"]}
    ]


@pytest.mark.proves("A6")
def test_only_new_events_of_the_environments_table_reach_the_processor(
    stack: Deployed, mapping: dict[str, Any]
) -> None:
    # Given the mapping / When source and filter are read / Then it takes inserted events only
    pattern = json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"])
    assert mapping["EventSourceArn"] == stack.parameters["TableStreamArn"]
    assert pattern == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}},
    }


@pytest.mark.proves("A6", "A8")
def test_what_fails_in_the_stream_is_given_up_and_kept(mapping: dict[str, Any]) -> None:
    # Given the mapping / When its safeguards are read
    # Then failures are reported by record, retried a finite number of times, and parked
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRetryAttempts"] == 8
    assert mapping["MaximumRecordAgeInSeconds"] == 3600
    assert mapping["DestinationConfig"]["OnFailure"] == {
        "Destination": {"Fn::GetAtt": ["StreamDlq", "Arn"]}
    }
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BatchSize"] == 100
    assert mapping["MaximumBatchingWindowInSeconds"] == 1


@pytest.mark.proves("A7", "A8")
def test_what_fails_on_schedule_is_kept(stack: Deployed) -> None:
    # Given rule and function / When their dead-letter queues are read
    rule = stack.properties("ScheduledFunctionSweep")
    target = rule["Targets"][0]
    queue = {"Fn::GetAtt": ["ScheduleDlq", "Arn"]}
    # Then both what is not delivered and what the function fails at go there
    assert target["DeadLetterConfig"] == {"Arn": queue}
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 8, "MaximumEventAgeInSeconds": 3600}
    assert stack.properties("ScheduledFunction")["DeadLetterConfig"] == {"TargetArn": queue}


@pytest.mark.proves("A7")
def test_the_sweep_runs_as_often_as_it_is_set_to(stack: Deployed) -> None:
    # Given the rule / When schedule and state are read / Then it is on
    rule = stack.properties("ScheduledFunctionSweep")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(15 minutes)", "ENABLED")


@pytest.mark.proves("A7", "A8")
def test_what_the_sweep_fails_at_is_retried_a_finite_time(stack: Deployed) -> None:
    # Given what Lambda does with an event that the function fails at / When it is read
    (config,) = stack.of_type("AWS::Lambda::EventInvokeConfig").values()
    # Then it is for the alias that the rule calls, and finite: what is left is parked
    assert config["FunctionName"] == {"Ref": "ScheduledFunction"}
    assert config["Qualifier"] == "live"
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 3600)


@pytest.mark.proves("A7", "I2")
@pytest.mark.parametrize(("project", "name"), [("desk", "dev"), ("p" * 16, "e" * 16)])
def test_the_rule_begins_with_the_whole_name_of_the_stack(project: str, name: str) -> None:
    # Given names of project and environment, the longest among them
    settings = environment().model_dump() | {"project": project, "name": name}
    stack_name = Environment.model_validate(settings).stack_name
    # When the expanded rule's name is worked out
    own_name = deployed().expanded["Resources"]["ScheduledFunctionSweep"]["Properties"]["Name"]
    nothing_else = SamTemplate("expanded", {}, {}, {}, {}, {})
    rule = Evaluator(nothing_else, {"AWS::StackName": stack_name}).resolve(own_name)
    # Then the deployment role reaches it (rule/<prefix>-*), and EventBridge takes it
    assert rule.startswith(f"{stack_name}-")
    assert len(stack_name) == len(project) + len(name) + 1
    assert len(rule) <= 64


@pytest.mark.proves("A8")
@pytest.mark.parametrize("queue", ["StreamDlq", "ScheduleDlq"])
def test_a_dead_letter_queue_is_encrypted_and_tls_only(stack: Deployed, queue: str) -> None:
    # Given a queue / When it and its policy are read
    properties, policy = stack.properties(queue), stack.properties(f"{queue}Policy")
    statements = policy["PolicyDocument"]["Statement"]
    # Then it is encrypted, keeps messages for 14 days, and refuses what comes without TLS
    assert properties["SqsManagedSseEnabled"] is True
    assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert policy["Queues"] == [{"Ref": queue}]
    assert [each for each in statements if each["Effect"] == "Deny"] == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": {"Fn::GetAtt": [queue, "Arn"]},
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_a_customers_key_leaves_the_queues_as_they_are() -> None:
    # Given the customer's key / When the queues are read / Then they keep SQS's own
    queues = deployed(encryption={"customer_key": True}).of_type("AWS::SQS::Queue").values()
    assert [(q["SqsManagedSseEnabled"], "KmsMasterKeyId" in q) for q in queues] == [
        (True, False)
    ] * 2


@pytest.mark.proves("I5")
def test_nobody_is_let_into_the_streams_queue(stack: Deployed) -> None:
    # Given the queue's policy / When what it allows is read / Then it is nothing: the mapping sends
    # with the processor's role
    policy = stack.properties("StreamDlqPolicy")["PolicyDocument"]
    assert [each for each in policy["Statement"] if each["Effect"] != "Deny"] == []


@pytest.mark.proves("I5")
def test_only_our_rule_may_send_to_the_schedules_queue(stack: Deployed) -> None:
    # Given the queue's policy / When what it allows is read / Then it is this rule of this account
    policy = stack.properties("ScheduleDlqPolicy")["PolicyDocument"]
    (allowed,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Resource"] == {"Fn::GetAtt": ["ScheduleDlq", "Arn"]}
    assert allowed["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ScheduledFunctionSweep", "Arn"]}},
        "StringEqualsIfExists": {"aws:SourceAccount": stack.environment.account_id},
    }
