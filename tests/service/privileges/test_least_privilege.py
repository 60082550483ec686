"""Each function's role allows what its code calls, and nothing that it does not."""

from __future__ import annotations

from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws

from tests.service.adapters.receiver import listening
from tests.service.privileges import journeys, permissions, roles
from tests.service.privileges.permissions import Need, Policy, allowed
from tests.service.privileges.place import Lambda, made, nobody
from tests.service.privileges.roles import FUNCTIONS

pytestmark = [pytest.mark.engine, pytest.mark.proves("I1")]

ACCOUNT = "123456789012"  # moto's

# What no code calls: Lambda does, with the function's role, or a service in its name.
NOT_OF_THE_CODE = {
    "Logs": "Lambda writes what the function prints",
    "NetworkInterfaces": "Lambda makes the function's interfaces",
    "NetworkDescriptions": "Lambda makes the function's interfaces",
    "NoInterfacesForCode": "a denial",
    "Traces": "Lambda's daemon sends what the function recorded",
    "Insights": "Lambda Insights' extension writes its own log",
    "EnvironmentKey": "Lambda opens the function's variables",
    "TopicKey": "SNS encrypts messages in their publisher's name",
    "Stream": "the event source mapping reads the stream",
    "Streams": "the event source mapping reads the stream",
    "GivenUp": "Lambda sends what the function failed on",
}


@dataclass(frozen=True)
class Evidence:
    """What the functions need, by what they have called; and what their roles allow."""

    needed: dict[str, set[Need]]
    policies: dict[str, Policy]


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    needed: dict[str, set[Need]] = {function: set() for function in FUNCTIONS}
    folder = tmp_path_factory.mktemp("receiver")
    with mock_aws(), pytest.MonkeyPatch.context() as patch, listening(folder) as receiver:
        nobody(patch)
        place = made(boto3.Session().client)

        def session(function: str) -> boto3.Session:
            return roles.listening_session(ACCOUNT, function, needed[function])

        journeys.all_of_them(Lambda(place, session, patch), receiver)
        named = roles.resources(place.environ, ACCOUNT)
        documents = roles.documents(named)
    return Evidence(needed, {name: permissions.policy(each) for name, each in documents.items()})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_allows_every_call(evidence: Evidence, function: str) -> None:
    # When the calls of all that a function does are held against its role
    needed, policy = evidence.needed[function], evidence.policies[function]
    missing = {need for need in needed if not allowed(policy, need)}
    # Then none is refused
    assert needed
    assert missing == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_allows_nothing_without_need(evidence: Evidence, function: str) -> None:
    # Given the statements for the function's own code
    needed, policy = evidence.needed[function], evidence.policies[function]
    own = [statement for statement in policy if statement.sid not in NOT_OF_THE_CODE]
    # When each action on each resource is left out in turn
    idle = [
        (statement.sid, statement.action, statement.resource)
        for statement in own
        if all(allowed(_without(policy, statement), need) for need in needed)
    ]
    # Then something is refused each time
    assert own
    assert idle == []


def test_every_statement_that_no_code_needs_is_known(evidence: Evidence) -> None:
    found = {statement.sid for policy in evidence.policies.values() for statement in policy}
    assert NOT_OF_THE_CODE.keys() <= found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_interfaces_are_lambdas_business(evidence: Evidence, function: str) -> None:
    # Given an action that Lambda needs to run the function at all
    policy = evidence.policies[function]
    need = Need("ec2:CreateNetworkInterface", "arn:aws:ec2:us-east-1:111111111111:subnet/s-1")
    # When Lambda asks for it, and when the function's code does / Then only Lambda is heard
    assert allowed(policy, need)
    assert not allowed(policy, roles.by_code(function, need))


@pytest.mark.parametrize(
    ("function", "action", "partition", "expected"),
    [
        ("api", "PutItem", "TICKET#1", True),
        ("api", "PutItem", "STATS#ops", False),
        ("api", "UpdateItem", "JOB#sweep", False),
        ("api", "DeleteItem", "SEEN#1#1", False),
        ("processor", "PutItem", "SEEN#1#1", True),
        ("processor", "PutItem", "TICKET#1", False),
        ("processor", "UpdateItem", "TICKET#1", False),
        ("processor", "Query", "JOB#sweep", False),
        ("scheduled", "UpdateItem", "TICKET#1", True),
        ("scheduled", "PutItem", "SEEN#1#1", False),
        ("scheduled", "PutItem", "QUARANTINE#2026-03-10", False),
    ],
)
def test_a_function_keeps_to_its_own_items(
    evidence: Evidence, function: str, action: str, partition: str, expected: bool
) -> None:
    # Given the one table that all functions share / When one reaches for an item's partition
    (table,) = {
        need.resource
        for need in evidence.needed[function]
        if need.action.startswith("dynamodb:") and need.resource.endswith("-table")
    }
    asked = Need(f"dynamodb:{action}", table, frozenset({("dynamodb:LeadingKeys", partition)}))
    # Then it is let where its work is, and nowhere else
    assert allowed(evidence.policies[function], asked) is expected


def test_events_are_put_in_no_other_environments_name(evidence: Evidence) -> None:
    # Given what the processor needs to put an event on the bus
    policy = evidence.policies["processor"]
    (put,) = (need for need in evidence.needed["processor"] if need.action == "events:PutEvents")
    # When the event says that it is another environment's / Then it is refused
    mine = ("events:source", "desk.dev")
    assert mine in put.context
    other = put.context - {mine} | {("events:source", "desk.prod")}
    assert not allowed(policy, Need(put.action, put.resource, other))


def _without(policy: Policy, left_out: permissions.Statement) -> Policy:
    return tuple(statement for statement in policy if statement is not left_out)
