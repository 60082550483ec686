"""What is out of a deployment's reach: data, records, their guards, and what is somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulator.conftest import unique
from tests.promotion.standin import calls
from tests.promotion.standin.calls import Call, call
from tests.promotion.standin.delivery import HERE, PREFIX, Client, Place
from tests.promotion.standin.escalations import EVERYTHING, about

STATES = "live/staging"
OWN = [
    {"Key": "project", "Value": "desk"},
    {"Key": "environment", "Value": "staging"},
]
HIDDEN = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
EXPIRING = [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 1}}]


def _setting(kind: str, operation: str, **setting: Any) -> Call:
    return lambda client, place: getattr(client("s3"), operation)(
        Bucket=place.bucket(kind), **setting
    )


def _same_policy(kind: str) -> Call:
    """The policy that is there already: refused is whoever could write another."""

    def made(client: Client, place: Place) -> object:
        bucket = place.bucket(kind)
        now = place.admin("s3").get_bucket_policy(Bucket=bucket)["Policy"]
        return client("s3").put_bucket_policy(Bucket=bucket, Policy=now)

    return made


BUCKETS: dict[str, Call] = {
    "changes the policy of the records": _same_policy("artifact"),
    "changes the policy of the archive": _same_policy("data"),
    "changes the policy of the states": _setting(
        *("state", "put_bucket_policy"),
        Policy=EVERYTHING.replace(
            '"Resource": "*"', f'"Principal": {{"AWS": "{HERE}"}}, "Resource": "arn:aws:s3:::x"'
        ),
    ),
    "opens the archive": _setting(
        *("data", "put_public_access_block"), PublicAccessBlockConfiguration=HIDDEN
    ),
    "lets records expire": _setting(
        *("artifact", "put_bucket_lifecycle_configuration"),
        LifecycleConfiguration={"Rules": EXPIRING},
    ),
    "changes whether records have versions": _setting(
        *("artifact", "put_bucket_versioning"), VersioningConfiguration={"Status": "Enabled"}
    ),
    "writes the state of the way in": calls.put_object(
        "state", f"{STATES}/delivery/terraform.tfstate"
    ),
    "writes the state of the buckets": calls.put_object(
        "state", f"{STATES}/storage/terraform.tfstate"
    ),
    "writes another environment's state": calls.put_object("state", "live/prod/data/t.tfstate"),
    "deletes a state": calls.delete_object("state", f"{STATES}/*/terraform.tfstate"),
    "deletes a record": calls.delete_object("artifact", "promotions/*.json"),
    "reads the archive": calls.get_object("data", "archive/a.json"),
    "deletes from the archive": calls.delete_object("data", "archive/*"),
}


def _delete_table(client: Client, place: Place) -> object:
    name = calls.make_table(PREFIX)(place.admin, place)["TableDescription"]["TableName"]
    return client("dynamodb").delete_table(TableName=name)


# A role that deploy has made may do these where its policies say so: the functions' roles do.
ITEMS_OF_FUNCTIONS: dict[str, Call] = {
    "reads a ticket": calls.table("get_item", Key=calls.key("TICKET#1", "META")),
    "reads a ticket's contents": calls.query("TICKET#1", ProjectionExpression=""),
    "reads a ticket's title": calls.query("TICKET#1", ProjectionExpression="pk, title"),
    "writes a ticket": calls.table("put_item", Item=calls.key("TICKET#1", "META")),
    "reads the webhook's secret": calls.get_secret("webhook"),
}
DATA: dict[str, Call] = {
    "reads all tickets": calls.table("scan"),
    "deletes a table": _delete_table,
    "lets somebody else at a table": call(
        *("dynamodb", "put_resource_policy"),
        ResourceArn=f"arn:aws:dynamodb:us-east-1:{HERE}:table/{PREFIX}-table",
        Policy=EVERYTHING,
    ),
    "exports a table": about(
        lambda place: {
            "TableArn": f"arn:aws:dynamodb:us-east-1:{HERE}:table/{PREFIX}-table",
            "S3Bucket": place.bucket("artifact"),
        },
        *("dynamodb", "export_table_to_point_in_time"),
    ),
    "puts the webhook's secret": call(
        *("secretsmanager", "put_secret_value"), SecretId=f"{PREFIX}/webhook", SecretString="s"
    ),
    "lets somebody else at a secret": call(
        *("secretsmanager", "put_resource_policy"),
        SecretId=f"{PREFIX}/webhook",
        ResourcePolicy=EVERYTHING,
    ),
}


def _foreign(make: Callable[[Place], dict[str, Any]], operation: str) -> Call:
    return about(make, "ec2", operation)


def _vpc(place: Place) -> str:
    return str(place.admin("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])


def _group(place: Place) -> str:
    made = place.admin("ec2").create_security_group(
        VpcId=_vpc(place), GroupName=unique("group"), Description="not the desk's"
    )
    return str(made["GroupId"])


def _specified(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": OWN}]


RULE = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
}
NETWORK: dict[str, Call] = {
    "makes a subnet in another VPC": _foreign(
        lambda place: {
            "VpcId": _vpc(place),
            "CidrBlock": "10.9.1.0/24",
            "TagSpecifications": _specified("subnet"),
        },
        "create_subnet",
    ),
    "opens another security group": _foreign(
        lambda place: {
            "GroupId": _group(place),
            "IpPermissions": [RULE],
            "TagSpecifications": _specified("security-group-rule"),
        },
        "authorize_security_group_ingress",
    ),
    "takes another VPC for its own": _foreign(
        lambda place: {"Resources": [_vpc(place)], "Tags": OWN}, "create_tags"
    ),
    "changes another VPC": _foreign(
        lambda place: {"VpcId": _vpc(place), "EnableDnsSupport": {"Value": True}},
        "modify_vpc_attribute",
    ),
    "deletes another VPC": _foreign(lambda place: {"VpcId": _vpc(place)}, "delete_vpc"),
    "makes a VPC": _foreign(lambda _: {"CidrBlock": "10.8.0.0/16"}, "create_vpc"),
}


def _pool(place: Place) -> str:
    made = place.admin("cognito-idp").create_user_pool(PoolName=unique("pool"))
    return str(made["UserPool"]["Id"])


def _person(place: Place) -> dict[str, str]:
    who = {"UserPoolId": _pool(place), "Username": "ana"}
    place.admin("cognito-idp").admin_create_user(**who, MessageAction="SUPPRESS")
    return who


def _key(place: Place) -> str:
    return str(place.admin("kms").create_key()["KeyMetadata"]["Arn"])


def _sealed(place: Place) -> dict[str, Any]:
    return {"KeyId": _key(place), "Plaintext": b"s"}


def _policy_of_key(place: Place) -> dict[str, str]:
    key = _key(place)
    now = place.admin("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    return {"KeyId": key, "PolicyName": "default", "Policy": now}


def _unseal(client: Client, place: Place) -> object:
    sealed = place.admin("kms").encrypt(**_sealed(place))["CiphertextBlob"]
    return client("kms").decrypt(CiphertextBlob=sealed)


def _parameter(place: Place) -> dict[str, str]:
    name = unique("/somebody/parameter")
    place.admin("ssm").put_parameter(Name=name, Value="s", Type="String")
    return {"Name": name}


KEYS_AND_PEOPLE: dict[str, Call] = {
    "makes a key": call("kms", "create_key"),
    "writes a key's policy": about(_policy_of_key, "kms", "put_key_policy"),
    "takes another key for its own": about(
        lambda place: {
            "KeyId": _key(place),
            "Tags": [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in OWN],
        },
        *("kms", "tag_resource"),
    ),
    "deletes a key": about(lambda place: {"KeyId": _key(place)}, "kms", "schedule_key_deletion"),
    "grants a key": about(
        lambda place: {
            "KeyId": _key(place),
            "GranteePrincipal": place.role("api"),
            "Operations": ["Decrypt"],
        },
        *("kms", "create_grant"),
    ),
    "opens what another key has sealed": _unseal,
    "enters another pool": about(
        lambda place: {"UserPoolId": _pool(place), "Username": "eva"},
        *("cognito-idp", "admin_create_user"),
    ),
    "sets another pool's password": about(
        lambda place: _person(place) | {"Password": "Baton-1234567", "Permanent": True},
        *("cognito-idp", "admin_set_user_password"),
    ),
    "changes another pool": about(
        lambda place: {"UserPoolId": _pool(place)}, "cognito-idp", "update_user_pool"
    ),
    "reads a stored parameter": about(_parameter, "ssm", "get_parameter"),
}
