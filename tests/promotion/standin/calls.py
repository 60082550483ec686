"""What somebody may try with a delivery role: each a call of AWS that is good as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.emulator.conftest import unique
from tests.promotion.standin.delivery import BELOW, HERE, PREFIX, QUEUE, Client, Place, trust

LAMBDA = {"Service": "lambda.amazonaws.com"}
MANAGED = "arn:aws:iam::aws:policy"
GATEWAY_LOGS = f"{MANAGED}/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
Call = Callable[[Client, Place], object]


def get_object(kind: str, key: str) -> Call:
    return lambda client, place: client("s3").get_object(Bucket=place.bucket(kind), Key=key)


def put_object(kind: str, key: str, **more: Any) -> Call:
    """Write an object; a * in its key becomes what no other has."""

    def made(client: Client, place: Place) -> object:
        return client("s3").put_object(
            Bucket=place.bucket(kind), Key=key.replace("*", unique("o")), Body=b"{}", **more
        )

    return made


def delete_object(kind: str, key: str) -> Call:
    """Delete an object that the administrator has just made."""

    def made(client: Client, place: Place) -> object:
        there = {"Bucket": place.bucket(kind), "Key": key.replace("*", unique("o"))}
        place.admin("s3").put_object(**there, Body=b"{}", IfNoneMatch="*")
        return client("s3").delete_object(**there)

    return made


def list_bucket(kind: str, what: str = "list_objects_v2", **more: str) -> Call:
    return lambda client, place: getattr(client("s3"), what)(Bucket=place.bucket(kind), **more)


def call(service: str, operation: str, **request: Any) -> Call:
    return lambda client, _: getattr(client(service), operation)(**request)


def get_secret(name: str) -> Call:
    return call("secretsmanager", "get_secret_value", SecretId=f"{PREFIX}/{name}")


def table(operation: str, **request: Any) -> Call:
    return call("dynamodb", operation, TableName=f"{PREFIX}-table", **request)


def key(partition: str, sort: str) -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def query(partition: str, index: str = "", **more: Any) -> Call:
    """Read a partition's items: their keys, unless `more` asks for others."""
    request = {
        "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {"#pk": f"{index}pk"},
        "ExpressionAttributeValues": {":pk": {"S": partition}},
        "ProjectionExpression": "pk, sk",
        **({"IndexName": index} if index else {}),
    } | more
    return table("query", **{name: value for name, value in request.items() if value})


def make_table(prefix: str) -> Call:
    return lambda client, _: client("dynamodb").create_table(
        TableName=unique(f"{prefix}-table"),
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def make_role(prefix: str, **more: str) -> Call:
    """Make a role; within the environment's boundary, unless `more` says otherwise."""
    return lambda client, place: client("iam").create_role(
        RoleName=unique(f"{prefix}-role"),
        AssumeRolePolicyDocument=trust(LAMBDA),
        **({"PermissionsBoundary": place.boundary} | more),
    )


def make_change_set(client: Client, _: Place) -> object:
    return client("cloudformation").create_change_set(
        StackName=PREFIX, ChangeSetName=unique("set"), TemplateBody=QUEUE
    )


def give_rights(role: str) -> Call:
    """Give a role a right that everybody has."""
    may = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
    return call(
        *("iam", "put_role_policy"),
        RoleName=f"{PREFIX}-{role}",
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": may}),
    )


def attach(role: str, policy: str) -> Call:
    """Attach a policy: of the environment by its name, or any by its ARN."""
    arn = policy if policy.startswith("arn:") else f"arn:aws:iam::{HERE}:policy/{PREFIX}-{policy}"
    return call("iam", "attach_role_policy", RoleName=f"{PREFIX}-{role}", PolicyArn=arn)


def change_trust(role: str) -> Call:
    """Let a role be trusted as it is: refused is whoever could let it trust another."""

    def made(client: Client, place: Place) -> object:
        name = f"{PREFIX}-{role}"
        now = place.admin("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        return client("iam").update_assume_role_policy(
            RoleName=name, PolicyDocument=json.dumps(now)
        )

    return made


def change_rights(policy: str) -> Call:
    """Write the same rights anew."""

    def made(client: Client, place: Place) -> object:
        arn = f"arn:aws:iam::{HERE}:policy/{PREFIX}-{policy}"
        now = place.admin("iam").get_policy_version(PolicyArn=arn, VersionId="v1")
        return client("iam").create_policy_version(
            PolicyArn=arn, PolicyDocument=json.dumps(now["PolicyVersion"]["Document"])
        )

    return made


def drop_provider(client: Client, place: Place) -> object:
    made = place.admin("iam").create_open_id_connect_provider(Url=f"https://{unique('o')}.example")
    return client("iam").delete_open_id_connect_provider(
        OpenIDConnectProviderArn=made["OpenIDConnectProviderArn"]
    )


def make_provider(client: Client, _: Place) -> object:
    return client("iam").create_open_id_connect_provider(Url=f"https://{unique('o')}.example")


def assume_below(role: str) -> Call:
    arn = f"arn:aws:iam::{BELOW}:role/desk-dev-{role}"
    return lambda client, place: place.assumed(arn, client)
