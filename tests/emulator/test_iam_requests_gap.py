"""A policy that asks for a boundary, a policy's ARN or a service allows just that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Engine, unique
from .roles import ANYBODY, Client, allow, document, outcome, role_of, taken

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]
DENIED = "AccessDenied"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
CHANGES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)


def name_of(role: str) -> str:
    return role.rpartition("/")[2]


def policy(engine: Engine) -> str:
    """A managed policy of the account."""
    made = engine.client("iam").create_policy(
        PolicyName=unique("boundary"), PolicyDocument=document(allow("s3:*"))
    )
    return str(made["Policy"]["Arn"])


def test_a_role_is_made_with_the_boundary_or_not_at_all(gap: Gap) -> None:
    # Given somebody who may make roles with a boundary
    def observe(engine: Engine) -> list[str]:
        boundary, other = policy(engine), policy(engine)
        may = allow("iam:CreateRole", StringEquals={"iam:PermissionsBoundary": boundary})
        iam = taken(engine, role_of(engine, may))("iam")

        # When one is made with it, with another and without
        def made(**settings: str) -> str:
            return outcome(
                iam.create_role,
                RoleName=unique("role"),
                AssumeRolePolicyDocument=document(ANYBODY),
                **settings,
            )

        return [made(PermissionsBoundary=boundary), made(PermissionsBoundary=other), made()]

    # Then
    gap(observe, ["done", DENIED, DENIED])


CHANGE: dict[str, Callable[[Client, str], str]] = {
    "put a policy": lambda client, role: outcome(
        client("iam").put_role_policy,
        RoleName=role,
        PolicyName="more",
        PolicyDocument=document(allow("*")),
    ),
    "attach a policy": lambda client, role: outcome(
        client("iam").attach_role_policy, RoleName=role, PolicyArn=ADMINISTRATOR
    ),
    "delete a policy": lambda client, role: outcome(
        client("iam").delete_role_policy, RoleName=role, PolicyName="own"
    ),
    "delete the boundary": lambda client, role: outcome(
        client("iam").delete_role_permissions_boundary, RoleName=role
    ),
}


@pytest.mark.parametrize("what", CHANGE)
def test_a_role_is_changed_within_the_boundary_or_not_at_all(gap: Gap, what: str) -> None:
    # Given somebody who may change roles that have a boundary
    def observe(engine: Engine) -> list[str]:
        boundary = policy(engine)
        may = allow(*CHANGES, StringEquals={"iam:PermissionsBoundary": boundary})
        client = taken(engine, role_of(engine, may))

        # When one that has it is changed, and one that has none
        roles = [
            role_of(engine, allow("s3:*"), PermissionsBoundary=boundary),
            role_of(engine, allow("s3:*")),
        ]
        return [CHANGE[what](client, name_of(role)) for role in roles]

    # Then
    gap(observe, ["done", DENIED])


def test_a_boundary_is_replaced_only_by_the_one_that_is_named(patched: Engine) -> None:
    # Given somebody who may put one boundary
    boundary, other = policy(patched), policy(patched)
    may = allow(*CHANGES, StringEquals={"iam:PermissionsBoundary": boundary})
    iam = taken(patched, role_of(patched, may))("iam")
    role = name_of(role_of(patched, PermissionsBoundary=boundary))

    # When it puts that, and another / Then
    seen = [
        outcome(iam.put_role_permissions_boundary, RoleName=role, PermissionsBoundary=each)
        for each in (boundary, other)
    ]
    assert seen == ["done", DENIED]


def test_only_the_policy_that_is_named_is_attached(gap: Gap) -> None:
    # Given somebody who may attach one policy
    def observe(engine: Engine) -> list[str]:
        may = allow("iam:AttachRolePolicy", ArnEquals={"iam:PolicyARN": READ_ONLY})
        iam = taken(engine, role_of(engine, may))("iam")
        role = name_of(role_of(engine))
        # When it attaches that, and another
        return [
            outcome(iam.attach_role_policy, RoleName=role, PolicyArn=each)
            for each in (READ_ONLY, ADMINISTRATOR)
        ]

    # Then
    gap(observe, ["done", DENIED])


def test_a_service_linked_role_is_for_the_service_that_is_named(gap: Gap) -> None:
    # Given somebody who may make one service its role
    own = f"{unique('service')}.amazonaws.com"

    def observe(engine: Engine) -> list[str]:
        may = allow("iam:CreateServiceLinkedRole", StringEquals={"iam:AWSServiceName": own})
        iam = taken(engine, role_of(engine, may))("iam")
        # When it makes that one, and another
        return [
            outcome(iam.create_service_linked_role, AWSServiceName=each)
            for each in (own, f"other-{own}")
        ]

    # Then
    gap(observe, ["done", DENIED])


def test_a_deny_for_roles_without_the_boundary_spares_those_with_it(gap: Gap) -> None:
    # Given somebody who may do anything, but for making roles without a boundary
    def observe(engine: Engine) -> list[str]:
        boundary = policy(engine)
        deny = {
            **allow("iam:CreateRole", StringNotEquals={"iam:PermissionsBoundary": boundary}),
            "Effect": "Deny",
        }
        iam = taken(engine, role_of(engine, allow("*"), deny))("iam")
        trust = document(ANYBODY)
        # When roles are made with it, and without
        return [
            outcome(
                iam.create_role, RoleName=unique("role"), AssumeRolePolicyDocument=trust, **more
            )
            for more in ({"PermissionsBoundary": boundary}, {})
        ]

    # Then
    gap(observe, ["done", DENIED])
