"""Whoever may work on what carries a tag works on that, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .acting import acting, outcome
from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

OWN, OTHER = {"team": "desk"}, {"team": "payroll"}
NEW = {"StringEquals": {"aws:RequestTag/team": "desk"}}
EXISTING = {"StringEquals": {"aws:ResourceTag/team": "desk"}}


def may(engine: Engine) -> Callable[[str], Any]:
    """Clients of a role that may make subnets in its VPCs, and work on what is its own."""
    return acting(
        engine,
        {"Action": "ec2:CreateSubnet", "Resource": "arn:aws:ec2:*:*:subnet/*", "Condition": NEW},
        {
            "Action": ["ec2:*Route*", "ec2:CreateSubnet", "ec2:CreateTags", "cognito-idp:*"],
            "Condition": EXISTING,
        },
        {"Action": "cognito-idp:CreateUserPool", "Condition": NEW},
    )


def specified(kind: str, tags: dict[str, str]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]


def vpc(engine: Engine, tags: dict[str, str]) -> str:
    made = engine.client("ec2").create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=specified("vpc", tags)
    )
    return str(made["Vpc"]["VpcId"])


def subnet(engine: Engine, within: dict[str, str], tags: dict[str, str]) -> str:
    """What becomes of a subnet with these tags, in a VPC with those."""
    where, client = vpc(engine, within), may(engine)("ec2")
    return outcome(
        lambda: client.create_subnet(
            VpcId=where, CidrBlock="10.0.1.0/24", TagSpecifications=specified("subnet", tags)
        )
    )


def association(engine: Engine, table: dict[str, str], subnet: dict[str, str]) -> Iterator[str]:
    """What becomes of a route table's association with a subnet, and of the end of it."""
    ec2, where = engine.client("ec2"), vpc(engine, OWN)
    routes = ec2.create_route_table(VpcId=where, TagSpecifications=specified("route-table", table))[
        "RouteTable"
    ]["RouteTableId"]
    net = ec2.create_subnet(
        VpcId=where, CidrBlock="10.0.2.0/24", TagSpecifications=specified("subnet", subnet)
    )["Subnet"]["SubnetId"]
    client = may(engine)("ec2")
    both = {"RouteTableId": routes, "SubnetId": net}
    yield outcome(lambda: client.associate_route_table(**both))
    there = ec2.associate_route_table(**both)["AssociationId"]
    yield outcome(lambda: client.disassociate_route_table(AssociationId=there))


def pool(engine: Engine, tags: dict[str, str]) -> Iterator[str]:
    """What becomes of a user pool with these tags, and of what is done to one that has them."""
    client = may(engine)("cognito-idp")
    yield outcome(lambda: client.create_user_pool(PoolName=unique("pool"), UserPoolTags=tags))
    made = engine.client("cognito-idp").create_user_pool(
        PoolName=unique("pool"), UserPoolTags=tags
    )["UserPool"]
    yield outcome(lambda: client.describe_user_pool(UserPoolId=made["Id"]))
    yield outcome(lambda: client.tag_resource(ResourceArn=made["Arn"], Tags=OWN))


def test_what_is_its_own_is_made_and_worked_on(gap: Gap) -> None:
    def observe(engine: Engine) -> list[str]:
        return [
            subnet(engine, OWN, OWN),
            *association(engine, OWN, OWN),
            *pool(engine, OWN),
        ]

    gap(observe, ["done"] * 6)


@pytest.mark.parametrize(("within", "tags"), [(OTHER, OWN), (OWN, OTHER), (OWN, {}), ({}, OWN)])
def test_nothing_is_made_in_somebody_else_s_network_or_without_the_tag(
    patched: Engine, within: dict[str, str], tags: dict[str, str]
) -> None:
    assert subnet(patched, within, tags) == "denied"


@pytest.mark.parametrize(("table", "subnet"), [(OTHER, OWN), (OWN, OTHER), ({}, {})])
def test_every_resource_of_a_request_counts(
    patched: Engine, table: dict[str, str], subnet: dict[str, str]
) -> None:
    ended = "done" if table == OWN else "denied"  # an association is the route table's

    assert list(association(patched, table, subnet)) == ["denied", ended]


@pytest.mark.parametrize("tags", [OTHER, {}])
def test_a_pool_of_somebody_else_stays_so(patched: Engine, tags: dict[str, str]) -> None:
    assert list(pool(patched, tags)) == ["denied"] * 3


def test_a_tag_makes_nothing_one_s_own(patched: Engine) -> None:
    where, client = vpc(patched, OTHER), may(patched)("ec2")
    tags = [{"Key": "team", "Value": "desk"}]

    assert outcome(lambda: client.create_tags(Resources=[where], Tags=tags)) == "denied"
