"""What the roles' documents allow, also where the emulator does not ask."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.promotion.gates.delivery import ATTRIBUTES, RESOURCES
from pipeline.promotion.gates.losses import LOSSES
from tests.promotion.standin.delivery import HERE, PREFIX, Place
from tests.promotion.standin.documents import Document, Role, listed, roles_of
from tests.promotion.standin.requests import (
    BY_A_TEMPLATE,
    BY_DEPLOY,
    EC2,
    IAM,
    LAMBDA,
    NEW_TAGS,
    OWN_TAGS,
    TAKES,
    WITHIN,
    Request,
)

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("ci_roles"), pytest.mark.proves("I3")]

ROOT = Path(__file__).resolve().parents[2]
CI = ("deploy", "plan", "release-reader")
BOUNDED = ("api", "processor", "scheduled", "deployment", "codedeploy", "api-gateway", "flow-logs")


@pytest.fixture(scope="module")
def roles(place: Place) -> dict[str, Role]:
    return roles_of(place)


def test_every_role_but_the_way_in_has_the_boundary(roles: dict[str, Role]) -> None:
    assert {name for name in roles if roles[name].boundary} >= set(BOUNDED)
    assert all(roles[name].boundary is None for name in CI)


@pytest.mark.parametrize("name", BOUNDED)
def test_the_boundary_leaves_all_that_the_role_is_allowed(
    roles: dict[str, Role], name: str
) -> None:
    # Given each thing that the role's own policies allow, with what their conditions ask for
    role, rewritten = roles[name], roles[name].rewritten()
    allowed = [each for statement in role.statements() for each in _requests(statement)]
    # When only the boundary is asked / Then nothing is missing
    assert len(allowed) > 3
    assert [each for each in allowed if not rewritten.may(*each)] == []
    assert [each for each in allowed if each[0] != "*" and not role.may(*each)] == []


def _requests(statement: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A request for each action and resource that a statement allows."""
    if statement["Effect"] == "Deny":
        return
    context: dict[str, Any] = dict(OWN_TAGS)
    for asked in statement.get("Condition", {}).values():
        context |= {key: listed(value)[0].replace("*", "x") for key, value in asked.items()}
    for action in listed(statement["Action"]):
        for resource in listed(statement["Resource"]):
            named = resource if resource == "*" else resource.replace("*", "x")
            yield action, named, context


# Whose rights are worth having: the way in's, and whoever's that is not of this environment.
OTHERS = (
    *(f"{IAM}:role/{PREFIX}-{name}" for name in CI),
    *(f"{IAM}:role/administrator", f"{IAM}:user/somebody", f"{IAM}:group/people"),
    *(f"{IAM}:policy/{PREFIX}-boundary", f"{IAM}:policy/{PREFIX}-deploy-roles"),
    *(f"{LAMBDA}:somebody-s", f"{EC2}:instance/i-1", f"{EC2}:subnet/subnet-1", "*"),
    f"arn:aws:cloudformation:us-east-1:{HERE}:stack/somebody-s/1",
    f"arn:aws:dynamodb:us-east-1:{HERE}:table/somebody-s",
)


def _methods() -> dict[str, list[str]]:
    """Ways to more rights: name → the actions that one needs all of."""
    program = (
        "import json; from cloudsplaining.shared.constants import PRIVILEGE_ESCALATION_METHODS;"
        "print(json.dumps(PRIVILEGE_ESCALATION_METHODS))"
    )
    python = ROOT / ".tools/envs/checkov/bin/python"
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("actor", [*CI, *BOUNDED])
def test_no_way_to_more_rights_that_is_known_is_open(roles: dict[str, Role], actor: str) -> None:
    # Given a role; of one that deploy can write, all that its boundary leaves
    role = roles[actor] if actor in CI else roles[actor].rewritten()
    methods = _methods()
    assert len(methods) > 20
    # When it goes a known way, with whatever tags and services / Then a step of it is refused
    contexts = [
        NEW_TAGS | {"iam:PassedToService": f"{service}.amazonaws.com"}
        for service in ("lambda", "ec2", "glue", "cloudformation", "datapipeline", "codedeploy")
    ]
    open_ways = [
        name
        for name, actions in methods.items()
        if all(
            any(role.may(action, other, context) for other in OTHERS for context in contexts)
            for action in actions
        )
    ]
    assert open_ways == []


@pytest.mark.parametrize("asked", BY_DEPLOY.values(), ids=BY_DEPLOY)
def test_deploy_may_not(roles: dict[str, Role], asked: Request) -> None:
    assert not roles["deploy"].may(*asked)


@pytest.mark.parametrize(("name", "asked"), WITHIN.values(), ids=WITHIN)
def test_the_same_within_its_bounds_it_may(
    roles: dict[str, Role], name: str, asked: Request
) -> None:
    assert roles[name].may(*asked)


@pytest.mark.parametrize("written", ["as it is", "rewritten by deploy"])
@pytest.mark.parametrize("asked", BY_A_TEMPLATE.values(), ids=BY_A_TEMPLATE)
def test_a_template_may_not(roles: dict[str, Role], asked: Request, written: str) -> None:
    role = roles["deployment"]

    assert not (role if written == "as it is" else role.rewritten()).may(*asked)


def test_what_the_gate_reserves_for_a_person_is_all_denied_to_the_role() -> None:
    assert TAKES.keys() == {*LOSSES, *RESOURCES}


@pytest.mark.parametrize("kind", TAKES)
def test_what_the_gate_reserves_for_a_person_the_role_may_not(
    roles: dict[str, Role], kind: str
) -> None:
    # a default group has no tags yet, all else has the environment's
    tags = NEW_TAGS if kind == "aws_default_security_group" else NEW_TAGS | OWN_TAGS

    assert not roles["deploy"].may(*TAKES[kind], tags)


def test_the_attributes_that_the_gate_reserves_the_role_may_not_change(
    roles: dict[str, Role],
) -> None:
    needs = {
        "assume_role_policy": "iam:UpdateAssumeRolePolicy",
        "permissions_boundary": "iam:PutRolePermissionsBoundary",
    }
    bounded = {"iam:PermissionsBoundary": f"{IAM}:policy/{PREFIX}-boundary"}

    assert needs.keys() == ATTRIBUTES["aws_iam_role"].keys()
    for action in needs.values():
        assert not roles["deploy"].may(action, f"{IAM}:role/{PREFIX}-api", bounded | OWN_TAGS)
