"""A fourth environment from a copied folder: created, promoted to, and destroyed.

It has what the other three have not: another region, a third zone, no NAT gateway, a key of its
own, a cache, functions with reserved concurrency.
"""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.world import World

pytestmark = pytest.mark.e2e

NAME, ACCOUNT, REGION = "sandbox", "444444444444", "eu-central-1"
SETTINGS = f"""\
# yaml-language-server: $schema=../env.schema.json
account_id: "{ACCOUNT}"
aws_profile: desk-{NAME}
promoted_from: dev
region: {REGION}

network:
  cidr: 10.40.0.0/16
  zones: [{REGION}a, {REGION}b, {REGION}c]
  nat: none
  interface_endpoints: [sns, events, secretsmanager]

encryption:
  customer_key: true

api:
  auth: cognito
  cache_size_gb: 0.5

functions:
  api_reserved_concurrency: 5

observability:
  alarm_subscribers: [desk@example.com]
"""


@pytest.fixture(scope="module")
def record(world: World) -> dict[str, Any]:
    """The record of the first promotion to an environment in which nothing was before."""
    shutil.copytree(world.root / "live" / "dev", world.root / "live" / NAME)
    (world.root / "live" / NAME / "env.yaml").write_text(SETTINGS)
    world.commit("a fourth environment")
    assert world.baton("local", "start", NAME).returncode == 0
    world.data("build")
    world.data("promote", "dev")
    promoted: dict[str, Any] = world.data("promote", NAME)
    return promoted


def test_it_is_created_and_gets_the_release(world: World, record: dict[str, Any]) -> None:
    assert record["verified"]
    assert set(record["plans"]) == {
        path.parent.name for path in (world.root / "live" / NAME).glob("*/terragrunt.hcl")
    }
    dev, sandbox = (
        row["verified"] for row in world.data("status") if row["environment"] in ("dev", NAME)
    )
    assert dev == sandbox == record["release"]


def test_everything_is_in_its_own_region(record: dict[str, Any]) -> None:
    arns = [value for value in record["parameters"].values() if str(value).startswith("arn:")]

    assert len(arns) > 5
    # a role has no region
    assert {arn.split(":")[3] for arn in arns} == {REGION, ""}
    assert {arn.split(":")[4] for arn in arns} == {ACCOUNT}


@pytest.mark.proves("A5", "X2")
def test_a_stranger_is_refused_and_a_user_of_the_pool_is_answered(
    world: World, record: dict[str, Any]
) -> None:
    pool = record["outputs"]["application"]["user_pool_arn"]
    assert record["parameters"]["UserPoolArn"] == pool
    assert world.call(NAME, "GET", "/health", known=False)[0] == 401
    assert world.call(NAME, "GET", "/health")[0] == 200
    # and the smoke test's own user was taken out again
    users = world.client(NAME, "cognito-idp").list_users(UserPoolId=pool.rpartition("/")[2])
    assert not [user for user in users["Users"] if user["Username"].startswith("smoke-")]


@pytest.mark.proves("N2", "N3", "N5")
def test_its_subnets_are_in_three_zones_without_a_way_out(
    world: World, record: dict[str, Any]
) -> None:
    ec2 = world.client(NAME, "ec2")
    subnets = ec2.describe_subnets(SubnetIds=record["outputs"]["network"]["private_subnet_ids"])

    zones = {subnet["AvailabilityZone"] for subnet in subnets["Subnets"]}
    assert zones == {f"{REGION}a", f"{REGION}b", f"{REGION}c"}
    assert ec2.describe_nat_gateways()["NatGateways"] == []
    endpoints = {each["ServiceName"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    services = ("s3", "dynamodb", "sns", "events", "secretsmanager")
    assert endpoints == {f"com.amazonaws.{REGION}.{name}" for name in services}


@pytest.mark.proves("K1", "M1")
def test_its_logs_and_topic_are_encrypted_with_its_own_key(
    world: World, record: dict[str, Any]
) -> None:
    application = record["outputs"]["application"]
    key, topic = application["kms_key_arn"], application["notifications_topic_arn"]

    # the functions are given it; that they use it, the emulator does not keep
    assert record["parameters"]["KmsKeyArn"] == key
    groups = world.client(NAME, "logs").describe_log_groups(logGroupNamePrefix="/aws/")
    assert {group["kmsKeyId"] for group in groups["logGroups"]} == {key}
    attributes = world.client(NAME, "sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["KmsMasterKeyId"] == key


def test_it_is_not_destroyed_without_its_name(world: World, record: dict[str, Any]) -> None:
    done = world.baton("destroy", NAME, "--confirm", f"desk-{NAME}x")

    assert done.returncode == 4, done.stderr
    assert world.call(NAME, "GET", "/health")[0] == 200


def test_it_is_destroyed_whole(world: World, record: dict[str, Any]) -> None:
    # When it is destroyed by its name
    done = world.baton("destroy", NAME, "--confirm", f"desk-{NAME}")
    assert done.returncode == 0, done.stderr

    # Then nothing of it is left
    assert world.client(NAME, "s3").list_buckets()["Buckets"] == []
    assert world.client(NAME, "dynamodb").list_tables()["TableNames"] == []
    assert world.client(NAME, "lambda").list_functions()["Functions"] == []
    vpcs = world.client(NAME, "ec2").describe_vpcs()["Vpcs"]
    assert [vpc for vpc in vpcs if not vpc["IsDefault"]] == []
    with pytest.raises(ClientError, match="does not exist"):
        world.outputs(NAME)

    # And destroying it again is no error, nor has anything happened elsewhere
    assert world.baton("destroy", NAME, "--confirm", f"desk-{NAME}").returncode == 0
    assert world.call("dev", "GET", "/health")[0] == 200


@pytest.mark.parametrize("environment", ["prod", "staging"])
def test_a_protected_environment_is_not_destroyed(world: World, environment: str) -> None:
    world.edit("live/staging/env.yaml", "promoted_from: dev", "promoted_from: dev\nprotected: true")
    try:
        done = world.baton("destroy", environment, "--confirm", f"desk-{environment}")
    finally:
        world.edit(
            "live/staging/env.yaml", "promoted_from: dev\nprotected: true", "promoted_from: dev"
        )

    assert done.returncode == 4, done.stderr
    assert world.call(environment, "GET", "/health")[0] == 200
