"""What starts the functions besides the API, and what becomes of what they fail at."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from codegen.sam.intrinsics import Evaluator
from codegen.sam.template import SamTemplate
from codegen.settings import Environment
from tests.codegen.builders import CHECKOUT, environment
from tests.service.template.deployed import ENVIRONMENTS, PARTS, Deployed, deployed


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def stack(request: pytest.FixtureRequest) -> Deployed:
    return deployed(request.param)


JOBS = ("ScheduledFunctionNightly", "ScheduledFunctionSweep")
RULES = (*JOBS, "DomainEventsRule")
RETRIES = {"MaximumRetryAttempts": 8, "MaximumEventAgeInSeconds": 3600}


@pytest.fixture
def mapping(stack: Deployed) -> dict[str, Any]:
    return stack.properties("ProcessorFunctionDomainEvents")


@pytest.mark.proves("A3", "A6", "A7")
def test_functions_are_called_by_their_alias(stack: Deployed, mapping: dict[str, Any]) -> None:
    # Given rules, event source mapping and API / When their targets are read
    rules = [stack.properties(rule)["Targets"] for rule in JOBS]
    api = json.dumps(stack.properties("Api")["Body"])
    # Then all are aliases, whose versions the release has verified
    assert [[each["Arn"] for each in targets] for targets in rules] == [
        [{"Ref": "ScheduledFunctionAliaslive"}]
    ] * 2
    assert mapping["FunctionName"] == {"Ref": "ProcessorFunctionAliaslive"}
    assert "${ApiFunctionAliaslive}" in api
    assert "${ApiFunction.Arn}" not in api


@pytest.mark.proves("I5")
def test_whoever_invokes_a_function_is_named_by_its_arn(stack: Deployed) -> None:
    # Given the functions' permissions / When they are read
    permissions = stack.of_type("AWS::Lambda::Permission").values()
    # Then each is for one alias, and names the rule or the stage of this account's API that calls
    aliases = [{"Ref": f"{part}FunctionAliaslive"} for part in PARTS]
    assert all(each["FunctionName"] in aliases for each in permissions)
    (stage,) = [e["SourceArn"] for e in permissions if e["Principal"] != "events.amazonaws.com"]
    account = stack.environment.account_id
    assert f"arn:aws:execute-api:us-east-1:{account}:${{Api}}/${{Apiv1Stage}}/" in json.dumps(stage)
    rules = [e["SourceArn"] for e in permissions if e["Principal"] == "events.amazonaws.com"]
    assert sorted(rule["Fn::GetAtt"][0] for rule in rules) == sorted(JOBS)


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
    assert mapping["MaximumRetryAttempts"] == 1000
    assert mapping["MaximumRecordAgeInSeconds"] == 3600
    assert mapping["DestinationConfig"]["OnFailure"] == {
        "Destination": {"Fn::GetAtt": ["StreamDlq", "Arn"]}
    }
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BatchSize"] == 100
    assert mapping["MaximumBatchingWindowInSeconds"] == 1


@pytest.mark.proves("A7", "A8")
@pytest.mark.parametrize("rule", RULES)
def test_what_a_rule_cannot_deliver_is_retried_and_kept(stack: Deployed, rule: str) -> None:
    # Given a rule / When it is read what becomes of an event that its target does not take
    (target,) = stack.properties(rule)["Targets"]
    # Then it is tried for an hour, and goes to the queue that is watched
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["ScheduleDlq", "Arn"]}}
    assert target["RetryPolicy"] == RETRIES


@pytest.mark.proves("A7", "A8")
def test_what_fails_on_schedule_is_kept(stack: Deployed) -> None:
    # Given the function / When its dead-letter queue is read / Then it is the rules' own
    queue = {"Fn::GetAtt": ["ScheduleDlq", "Arn"]}
    assert stack.properties("ScheduledFunction")["DeadLetterConfig"] == {"TargetArn": queue}


@pytest.mark.proves("A7")
def test_jobs_run_as_often_as_they_are_set_to(stack: Deployed) -> None:
    # Given the rules / When schedules and states are read / Then both are on, on their own schedule
    found = [stack.properties(rule) for rule in JOBS]
    assert [(rule["ScheduleExpression"], rule["State"]) for rule in found] == [
        ("cron(0 3 * * ? *)", "ENABLED"),
        ("rate(15 minutes)", "ENABLED"),
    ]


@pytest.mark.proves("A7")
@pytest.mark.parametrize("rule", JOBS)
def test_the_function_knows_its_rules_by_the_names_they_have(stack: Deployed, rule: str) -> None:
    # Given a rule, whose name an event carries / When the function's variable is read
    job = rule.removeprefix("ScheduledFunction").upper()
    variables = stack.properties("ScheduledFunction")["Environment"]["Variables"]
    # Then it is that name
    assert variables[f"{job}_RULE_NAME"] == stack.properties(rule)["Name"]


@pytest.mark.proves("A7")
def test_domain_events_of_this_environment_reach_the_inbox(stack: Deployed) -> None:
    # Given the rule on the environment's own bus / When pattern and target are read
    rule = stack.properties("DomainEventsRule")
    # Then it takes what the processor of this environment says, all of it, and puts it into a queue
    assert rule["EventBusName"] == f"desk-{stack.environment.name}-events"
    assert rule["EventPattern"] == {"source": [f"desk.{stack.environment.name}"]}
    assert rule["State"] == "ENABLED"
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["EventInbox", "Arn"]}]
    assert stack.properties("EventInbox")["QueueName"] == stack.parameters["EventInboxName"]


@pytest.mark.proves("I1", "A7")
def test_the_rule_takes_the_source_that_the_processor_may_use() -> None:
    # Given what the processor's role may put on the bus
    role = (CHECKOUT / "modules/access/functions.tf").read_text()
    allowed = re.findall(r'"events:source" = "([^"]+)"', role)
    # When the rule's pattern is read / Then it is the same source
    stack = deployed()
    (source,) = stack.properties("DomainEventsRule")["EventPattern"]["source"]
    assert [each.replace("${var.environment}", stack.environment.name) for each in allowed] == [
        source
    ]


@pytest.mark.proves("A7", "A8")
def test_what_the_sweep_fails_at_is_retried_a_finite_time(stack: Deployed) -> None:
    # Given what Lambda does with an event that the function fails at / When it is read
    (config,) = stack.of_type("AWS::Lambda::EventInvokeConfig").values()
    # Then it is for the alias that the rule calls, and finite: what is left is parked
    assert config["FunctionName"] == {"Ref": "ScheduledFunction"}
    assert config["Qualifier"] == "live"
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 3600)


@pytest.mark.proves("A7", "I2")
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("project", "name"), [("desk", "dev"), ("p" * 16, "e" * 16)])
def test_a_rule_begins_with_the_whole_name_of_the_stack(project: str, name: str, rule: str) -> None:
    # Given names of project and environment, the longest among them
    settings = environment().model_dump() | {"project": project, "name": name}
    stack_name = Environment.model_validate(settings).stack_name
    # When the expanded rule's name is worked out
    own_name = deployed().expanded["Resources"][rule]["Properties"]["Name"]
    nothing_else = SamTemplate("expanded", {}, {}, {}, {}, {})
    called = Evaluator(nothing_else, {"AWS::StackName": stack_name}).resolve(own_name)
    # Then the deployment role reaches it (rule/<prefix>-*), and EventBridge takes it
    assert called.startswith(f"{stack_name}-")
    assert len(stack_name) == len(project) + len(name) + 1
    assert len(called) <= 64


@pytest.mark.proves("A8")
@pytest.mark.parametrize(
    ("queue", "days"), [("StreamDlq", 14), ("ScheduleDlq", 14), ("EventInbox", 4)]
)
def test_a_queue_is_encrypted_and_tls_only(stack: Deployed, queue: str, days: int) -> None:
    # Given a queue / When it and its policy are read
    properties, policy = stack.properties(queue), stack.properties(f"{queue}Policy")
    statements = policy["PolicyDocument"]["Statement"]
    # Then it is encrypted, keeps messages for so long, and refuses what comes without TLS
    assert properties["SqsManagedSseEnabled"] is True
    assert properties["MessageRetentionPeriod"] == days * 24 * 3600
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
    ] * 3


@pytest.mark.proves("I5")
def test_nobody_is_let_into_the_streams_queue(stack: Deployed) -> None:
    # Given the queue's policy / When what it allows is read / Then it is nothing: the mapping sends
    # with the processor's role
    policy = stack.properties("StreamDlqPolicy")["PolicyDocument"]
    assert [each for each in policy["Statement"] if each["Effect"] != "Deny"] == []


@pytest.mark.proves("I5")
@pytest.mark.parametrize(
    ("queue", "rules"),
    [
        ("ScheduleDlq", RULES),
        ("EventInbox", ("DomainEventsRule",)),
    ],
)
def test_only_our_rules_may_send_to_a_queue(
    stack: Deployed, queue: str, rules: tuple[str, ...]
) -> None:
    # Given the queue's policy / When what it allows is read / Then it is these rules
    policy = stack.properties(f"{queue}Policy")["PolicyDocument"]
    (allowed,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}
    sources = allowed["Condition"]["ArnEquals"]["aws:SourceArn"]
    named = sources if isinstance(sources, list) else [sources]
    assert sorted(source["Fn::GetAtt"][0] for source in named) == sorted(rules)
    # And of this account
    assert allowed["Condition"]["StringEqualsIfExists"] == {
        "aws:SourceAccount": stack.environment.account_id
    }
