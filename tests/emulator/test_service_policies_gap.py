"""A queue, a topic and a function let in the services that their policies name, and no others."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from pipeline.deployed.api_address import api_base_address

from .conftest import Engine, eventually, unique
from .roles import document

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

# What a policy says of the one that calls: the right thing, and each of the wrong ones.
CONDITIONS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "the source": lambda source, account: {
        "ArnEquals": {"aws:SourceArn": source},
        "StringEquals": {"aws:SourceAccount": account},
    },
    "another source": lambda source, _: {"ArnEquals": {"aws:SourceArn": f"{source}-other"}},
    "another account": lambda *_: {"StringEquals": {"aws:SourceAccount": "999999999999"}},
}
NOTES = """
import os

def handler(event, context):
    with open(os.environ["JOURNAL"], "a") as journal:
        print("called", file=journal)
    return {"statusCode": 200, "body": ""}
"""


def letting_in(service: str, action: str, resource: str, condition: dict[str, Any]) -> str:
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": condition,
        }
    )


def received(engine: Engine, queue: str) -> bool:
    """Whether anything arrives; what does not is waited for as long as others need."""
    messages = eventually(
        lambda: engine.client("sqs").receive_message(QueueUrl=queue).get("Messages"), bool, 2
    )
    return bool(messages)


def queue_of(engine: Engine) -> tuple[str, str]:
    """A queue's address and ARN."""
    sqs, names = engine.client("sqs"), ["QueueArn"]
    url = sqs.create_queue(QueueName=unique("queue"))["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return url, found["QueueArn"]


def topic_of(engine: Engine) -> tuple[str, str]:
    """A topic, and the address of a queue that gets what is published to it."""
    url, queue = queue_of(engine)
    topic = engine.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    policy = letting_in("sns", "sqs:SendMessage", queue, {"ArnEquals": {"aws:SourceArn": topic}})
    engine.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    engine.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    return topic, url


def rule_to(engine: Engine, target: str) -> tuple[str, Callable[[], Any]]:
    """The ARN of a rule that sends events to a target, and what lets it send one."""
    events, name = engine.client("events"), unique("rule")
    arn = events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))["RuleArn"]
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target}])
    entry = {"Source": name, "DetailType": "test", "Detail": "{}"}
    return arn, lambda: events.put_events(Entries=[entry])


def rule_to_a_queue(engine: Engine, condition: str) -> bool:
    url, queue = queue_of(engine)
    rule, send = rule_to(engine, queue)
    which = CONDITIONS[condition](rule, engine.environment.account_id)
    policy = letting_in("events", "sqs:SendMessage", queue, which)
    engine.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    send()
    return received(engine, url)


def rule_to_a_topic(engine: Engine, condition: str) -> bool:
    topic, url = topic_of(engine)
    rule, send = rule_to(engine, topic)
    _let_into(engine, topic, "events", CONDITIONS[condition](rule, engine.environment.account_id))
    send()
    return received(engine, url)


def alarm_to_a_topic(engine: Engine, condition: str) -> bool:
    topic, url = topic_of(engine)
    cloudwatch, name = engine.client("cloudwatch"), unique("alarm")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        MetricName="m",
        Namespace="n",
        Period=60,
        EvaluationPeriods=1,
        Statistic="Sum",
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    account = engine.environment.account_id
    _let_into(engine, topic, "cloudwatch", CONDITIONS[condition](alarm["AlarmArn"], account))
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="for the test")
    return received(engine, url)


def _let_into(engine: Engine, topic: str, service: str, condition: dict[str, Any]) -> None:
    engine.client("sns").set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=letting_in(service, "sns:Publish", topic, condition),
    )


def permitted(engine: Engine, function: str, service: str, source: str, condition: str) -> None:
    """A permission that is right, or for another source or account."""
    account = engine.environment.account_id
    engine.client("lambda").add_permission(
        FunctionName=function,
        StatementId=unique("permission"),
        Action="lambda:InvokeFunction",
        Principal=f"{service}.amazonaws.com",
        SourceArn=source + ("-other" if condition == "another source" else ""),
        SourceAccount="999999999999" if condition == "another account" else account,
    )


def rule_to_a_function(engine: Engine, condition: str) -> bool:
    function = engine.create_function(NOTES)
    found = engine.client("lambda").get_function(FunctionName=function)["Configuration"]
    rule, send = rule_to(engine, found["FunctionArn"])
    permitted(engine, function, "events", rule, condition)
    send()
    return eventually(lambda: engine.journal(function), bool, 3) == ["called"]


def method_of_a_function(engine: Engine, condition: str) -> bool:
    function, gateway = engine.create_function(NOTES), engine.client("apigateway")
    where = f"{engine.environment.region}:{engine.environment.account_id}"
    arn = f"arn:aws:lambda:{where}:function:{function}"
    api = gateway.create_rest_api(name=unique("api"))["id"]
    (root,) = gateway.get_resources(restApiId=api)["items"]
    item = gateway.create_resource(restApiId=api, parentId=root["id"], pathPart="{item}")["id"]
    method = {"restApiId": api, "resourceId": item, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations",
    )
    gateway.create_deployment(restApiId=api, stageName="v1")
    # another source is another method
    verb = "POST" if condition == "another source" else "GET"
    source = f"arn:aws:execute-api:{where}:{api}/*/{verb}/*"
    known = condition if verb == "GET" else "the source"
    permitted(engine, function, "apigateway", source, known)
    base = api_base_address(engine.endpoint, engine.environment.region, api, "v1")
    with suppress(urllib.error.HTTPError):  # 500, as on AWS
        urllib.request.urlopen(f"{base}/one", timeout=30)
    return engine.journal(function) == ["called"]


WAYS = {
    "a rule to a queue": rule_to_a_queue,
    "a rule to a topic": rule_to_a_topic,
    "a rule to a function": rule_to_a_function,
    "an alarm to a topic": alarm_to_a_topic,
    "a method of a function": method_of_a_function,
}


@pytest.mark.proves("I5")
@pytest.mark.parametrize("way", WAYS)
def test_a_service_is_let_in_by_the_policy_or_not_at_all(gap: Gap, way: str) -> None:
    # Given what lets a service in for one source / When it comes from that, and from another
    def observe(engine: Engine) -> list[bool]:
        return [WAYS[way](engine, condition) for condition in CONDITIONS]

    # Then
    gap(observe, [True, False, False])
