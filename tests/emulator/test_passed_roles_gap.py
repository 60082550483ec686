"""Whoever hands a role to a service may pass that role to that service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Engine, unique, zipped
from .roles import Client, allow, outcome, role_of, taken

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})


def _function(client: Client, role: str, engine: Engine) -> str:
    return outcome(
        client("lambda").create_function,
        FunctionName=unique("function"),
        Runtime="python3.11",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": zipped("def handler(event, context): pass\n")},
    )


def _changed_function(client: Client, role: str, engine: Engine) -> str:
    name = engine.create_function("def handler(event, context): pass\n")
    change = client("lambda").update_function_configuration
    return outcome(change, FunctionName=name, Role=role)


def _stack(client: Client, role: str, engine: Engine) -> str:
    create = client("cloudformation").create_stack
    return outcome(create, StackName=unique("stack"), TemplateBody=TEMPLATE, RoleARN=role)


def _change_set(client: Client, role: str, engine: Engine) -> str:
    return outcome(
        client("cloudformation").create_change_set,
        StackName=unique("stack"),
        ChangeSetName="changes",
        ChangeSetType="CREATE",
        TemplateBody=TEMPLATE,
        RoleARN=role,
    )


def _flow_log(client: Client, role: str, engine: Engine) -> str:
    vpc = engine.client("ec2").create_vpc(CidrBlock="10.98.0.0/16")["Vpc"]["VpcId"]
    return outcome(
        client("ec2").create_flow_logs,
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName=unique("flow"),
        DeliverLogsPermissionArn=role,
    )


def _gateway(client: Client, role: str, engine: Engine) -> str:
    patch = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
    return outcome(client("apigateway").update_account, patchOperations=[patch])


def _target(client: Client, role: str, engine: Engine) -> str:
    rule = unique("rule")
    engine.client("events").put_rule(Name=rule, ScheduleExpression="rate(1 day)")
    target = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:111111111111:q", "RoleArn": role}
    return outcome(client("events").put_targets, Rule=rule, Targets=[target])


HANDED: dict[str, tuple[str, Callable[[Client, str, Engine], str]]] = {
    "a function": ("lambda", _function),
    "a changed function": ("lambda", _changed_function),
    "a stack": ("cloudformation", _stack),
    "a change set": ("cloudformation", _change_set),
    "a flow log": ("vpc-flow-logs", _flow_log),
    "API Gateway": ("apigateway", _gateway),
    "a rule": ("events", _target),
}
SERVICES = ("lambda:*", "cloudformation:*", "ec2:*", "apigateway:*", "events:*", "logs:*", "sqs:*")


@pytest.mark.parametrize("what", HANDED)
def test_a_role_is_handed_over_by_whom_it_may_be(gap: Gap, what: str) -> None:
    # Given a role, and people who may do all but that they may pass it: to the service, to another
    service, hand = HANDED[what]

    def observe(engine: Engine) -> list[bool]:
        role = role_of(engine)
        passing = [
            allow(
                "iam:PassRole",
                resource=role,
                StringEquals={"iam:PassedToService": f"{each}.amazonaws.com"},
            )
            for each in (service, "ecs-tasks")
        ]
        people = [
            taken(engine, role_of(engine, allow(*SERVICES), *more))
            for more in ([passing[0]], [passing[1]], [])
        ]
        # When each hands it over
        seen = [hand(client, role, engine) for client in people]
        assert seen[0] == "done"
        return [each in DENIED for each in seen]

    # Then
    gap(observe, [False, True, True])


def test_another_role_is_not_handed_over(patched: Engine) -> None:
    may = allow("iam:PassRole", resource=role_of(patched))
    client = taken(patched, role_of(patched, allow(*SERVICES), may))
    assert _function(client, role_of(patched), patched) in DENIED
