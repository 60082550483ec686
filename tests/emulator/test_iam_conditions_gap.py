"""Whoever may make roles only within a boundary makes those, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import acting, document, outcome, trust
from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"
LAMBDA = {"Service": "lambda.amazonaws.com"}


def boundary(engine: Engine) -> str:
    """A new policy; its ARN."""
    made = engine.client("iam").create_policy(
        PolicyName=unique("boundary"), PolicyDocument=document({"Action": "s3:*"})
    )
    return str(made["Policy"]["Arn"])


def made(engine: Engine, *, with_boundary: bool) -> str:
    """What becomes of a role that is made by whoever may make those of one boundary."""
    arn = boundary(engine)
    condition = {"StringEquals": {"iam:PermissionsBoundary": arn}}
    iam = acting(engine, {"Action": "iam:CreateRole", "Condition": condition})("iam")
    return outcome(
        lambda: iam.create_role(
            RoleName=unique("role"),
            AssumeRolePolicyDocument=trust(LAMBDA),
            **({"PermissionsBoundary": arn} if with_boundary else {}),
        )
    )


def changed(engine: Engine, call: str, *, bounded: bool, attachable: str = MANAGED) -> str:
    """What becomes of a change of a role by whoever may change those of one boundary."""
    arn, name = boundary(engine), unique("role")
    engine.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=trust(LAMBDA),
        **({"PermissionsBoundary": arn} if bounded else {}),
    )
    of = {"StringEquals": {"iam:PermissionsBoundary": arn}}
    iam = acting(
        engine,
        {"Action": "iam:PutRolePolicy", "Condition": of},
        {
            "Action": "iam:AttachRolePolicy",
            "Condition": of | {"ArnEquals": {"iam:PolicyARN": attachable}},
        },
    )("iam")
    calls = {
        "put": lambda: iam.put_role_policy(
            RoleName=name, PolicyName="p", PolicyDocument=document({"Action": "s3:GetObject"})
        ),
        "attach": lambda: iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED),
    }
    return outcome(calls[call])


def test_a_role_with_the_boundary_is_made(gap: Gap) -> None:
    gap(lambda engine: made(engine, with_boundary=True), "done")


def test_a_role_without_the_boundary_is_not_made(patched: Engine) -> None:
    assert made(patched, with_boundary=False) == "denied"


@pytest.mark.parametrize("call", ["put", "attach"])
def test_a_role_with_the_boundary_is_changed(gap: Gap, call: str) -> None:
    gap(lambda engine: changed(engine, call, bounded=True), "done")


@pytest.mark.parametrize("call", ["put", "attach"])
def test_a_role_without_the_boundary_is_not_changed(patched: Engine, call: str) -> None:
    assert changed(patched, call, bounded=False) == "denied"


def test_another_policy_than_the_one_named_is_not_attached(patched: Engine) -> None:
    other = "arn:aws:iam::aws:policy/AdministratorAccess"

    assert changed(patched, "attach", bounded=True, attachable=other) == "denied"
