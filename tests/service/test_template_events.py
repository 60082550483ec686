"""What starts the functions besides the API, and what becomes of what they fail at."""

from __future__ import annotations

import json
from typing import Any

import pytest

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
    assert 0 < mapping["MaximumRetryAttempts"] < 100
    assert 60 <= mapping["MaximumRecordAgeInSeconds"] < 86_400
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
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    assert stack.properties("ScheduledFunction")["DeadLetterConfig"] == {"TargetArn": queue}
    assert rule["ScheduleExpression"] == "rate(15 minutes)"


@pytest.mark.proves("A8")
@pytest.mark.parametrize("queue", ["StreamDlq", "ScheduleDlq"])
def test_a_dead_letter_queue_is_encrypted_and_tls_only(stack: Deployed, queue: str) -> None:
    # Given a queue / When it and its policy are read
    properties = stack.properties(queue)
    statements = stack.properties(f"{queue}Policy")["PolicyDocument"]["Statement"]
    # Then it is encrypted, keeps messages for 14 days, and refuses what comes without TLS
    assert properties["SqsManagedSseEnabled"] is True
    assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600
    refusal = next(each for each in statements if each["Effect"] == "Deny")
    assert refusal["Principal"] == "*"
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_customers_key_leaves_the_queues_as_they_are() -> None:
    # Given the customer's key / When the queues are read / Then they keep SQS's own
    queues = deployed(encryption={"customer_key": True}).of_type("AWS::SQS::Queue").values()
    assert [(q["SqsManagedSseEnabled"], "KmsMasterKeyId" in q) for q in queues] == [
        (True, False)
    ] * 2


@pytest.mark.proves("I5")
def test_only_our_rule_may_send_to_the_schedules_queue(stack: Deployed) -> None:
    # Given the queue's policy / When what it allows is read / Then it is this rule of this account
    policy = stack.properties("ScheduleDlqPolicy")["PolicyDocument"]
    (allowed,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ScheduledFunctionSweep", "Arn"]}},
        "StringEqualsIfExists": {"aws:SourceAccount": stack.environment.account_id},
    }
