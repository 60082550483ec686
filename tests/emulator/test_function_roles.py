"""The functions under their planned roles, where IAM is enforced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.service import tables
from tests.service.adapters.receiver import Receiver, listening
from tests.service.privileges import journeys, roles
from tests.service.privileges.place import BUCKET, BUS, Lambda, Place, made, nobody
from tests.service.privileges.roles import FUNCTIONS

from .conftest import Engine, unique

pytestmark = [pytest.mark.engine, pytest.mark.proves("I1")]

DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}},
    }
)
ITEM = {"pk": {"S": "p"}, "sk": {"S": "s"}}
Client = Callable[[str], Any]
Call = Callable[[Client, Place], object]


@dataclass(frozen=True)
class Desk:
    """What the functions work with, and a session of each one's role."""

    place: Place
    sessions: dict[str, boto3.Session]
    engine: Engine

    def client(self, function: str) -> Client:
        """Clients that call as the function does."""
        session: Any = self.sessions[function]  # the service is not a literal, as the stubs want it
        return lambda service: session.client(service, endpoint_url=self.engine.endpoint)


@pytest.fixture(scope="module")
def desk(patched: Engine) -> Desk:
    place = made(patched.client, AWS_ENDPOINT_URL=patched.endpoint)
    patched.client("dynamodb").create_table(
        TableName="other",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    patched.client("s3").create_bucket(Bucket="other")
    patched.client("s3").put_object(Bucket=BUCKET, Key="archive/kept.json", Body=b"{}")
    named = roles.resources(place.environ, patched.environment.account_id)
    documents = roles.documents(named)
    return Desk(place, {name: session(patched, documents[name]) for name in FUNCTIONS}, patched)


def session(engine: Engine, document: dict[str, Any]) -> boto3.Session:
    """A session of a new role with this policy."""
    iam, name = engine.client("iam"), unique("role")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    given = engine.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.Session(
        given["AccessKeyId"],
        given["SecretAccessKey"],
        given["SessionToken"],
        region_name=engine.environment.region,
    )


@pytest.fixture
def functions(desk: Desk) -> Iterator[Lambda]:
    with pytest.MonkeyPatch.context() as patch:
        nobody(patch)
        yield Lambda(desk.place, desk.sessions.__getitem__, patch)


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with listening(tmp_path_factory.mktemp("receiver")) as receiver:
        yield receiver


def test_the_api_does_its_work(functions: Lambda) -> None:
    journeys.api(functions)


def test_the_processor_does_its_work(functions: Lambda) -> None:
    journeys.processor(functions)


def test_the_scheduled_function_does_its_work(functions: Lambda, receiver: Receiver) -> None:
    journeys.scheduled(functions, receiver)


def _get_secret(name: str) -> Call:
    return lambda client, place: client("secretsmanager").get_secret_value(
        SecretId=place.environ[f"{name}_SECRET_ARN"]
    )


def _put_object(key: str, bucket: str = BUCKET) -> Call:
    return lambda client, _: client("s3").put_object(Bucket=bucket, Key=key, Body=b"{}")


def _batch_get(client: Client, _: Place) -> object:
    return client("dynamodb").batch_get_item(RequestItems={tables.TABLE: {"Keys": [ITEM]}})


def _batch_write(client: Client, _: Place) -> object:
    request = [{"PutRequest": {"Item": ITEM}}]
    return client("dynamodb").batch_write_item(RequestItems={tables.TABLE: request})


def _transact_delete(client: Client, _: Place) -> object:
    delete = {"Delete": {"TableName": tables.TABLE, "Key": ITEM}}
    return client("dynamodb").transact_write_items(TransactItems=[delete])


def _check(client: Client, _: Place) -> object:
    check = {
        "TableName": tables.TABLE,
        "Key": {**ITEM, "sk": {"S": "nobody's"}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    return client("dynamodb").transact_write_items(TransactItems=[{"ConditionCheck": check}])


def _query(index: str) -> Call:
    return lambda client, _: client("dynamodb").query(
        TableName=tables.TABLE,
        IndexName=index,
        KeyConditionExpression=f"{index}pk = :p",
        ExpressionAttributeValues={":p": {"S": "p"}},
    )


def _publish(client: Client, place: Place) -> object:
    topic = place.environ["NOTIFICATIONS_TOPIC_ARN"]
    return client("sns").publish(TopicArn=topic, Message="m")


def _put_event(bus: str, source: str = "desk.dev") -> Call:
    entry = {"EventBusName": bus, "Source": source, "DetailType": "t", "Detail": "{}"}
    return lambda client, _: client("events").put_events(Entries=[entry])


def _dynamodb(operation: str, table: str = tables.TABLE, **request: Any) -> Call:
    return lambda client, _: getattr(client("dynamodb"), operation)(TableName=table, **request)


def _put_item(partition: str) -> Call:
    return _dynamodb("put_item", Item={"pk": {"S": partition}, "sk": {"S": "s"}})


def _make_user(client: Client, _: Place) -> object:
    return client("iam").create_user(UserName=unique("user"))


NOBODY: dict[str, Call] = {
    "scans the table": _dynamodb("scan"),
    "reads another table": _dynamodb("get_item", "other", Key={"pk": {"S": "p"}}),
    "writes another table": _dynamodb("put_item", "other", Item={"pk": {"S": "p"}}),
    "describes the table": _dynamodb("describe_table"),
    "puts an object elsewhere": _put_object("other/1.json"),
    "puts an object into another bucket": _put_object("archive/1.json", "other"),
    "lists objects": lambda client, _: client("s3").list_objects_v2(Bucket=BUCKET),
    "reads an object": lambda client, _: client("s3").get_object(
        Bucket=BUCKET, Key="archive/kept.json"
    ),
    "deletes an object": lambda client, _: client("s3").delete_object(Bucket=BUCKET, Key="k"),
    "puts an event on the account's bus": _put_event("default"),
    "makes a user": _make_user,
    "lists roles": lambda client, _: client("iam").list_roles(),
}
REFUSED: dict[str, dict[str, Call]] = {
    "api": {
        "publishes": _publish,
        "puts an event": _put_event(BUS),
        "archives": _put_object("archive/1.json"),
        "parks": _put_object("quarantine/1.json"),
        "reads the webhook's secret": _get_secret("WEBHOOK"),
        "writes many": _batch_write,
        "checks a condition": _check,
        "lists what is due": _query("gsi3"),
        "marks what was processed": _put_item("SEEN#1#1"),
        "reads an answer": _dynamodb("get_item", tables.IDEMPOTENCY_TABLE, Key={"id": {"S": "i"}}),
    },
    "processor": {
        "reads the page tokens' secret": _get_secret("PAGE_TOKEN"),
        "reads the webhook's secret": _get_secret("WEBHOOK"),
        "puts an event in another's name": _put_event(BUS, "desk.prod"),
        "reads many": _batch_get,
        "reads one": _dynamodb("get_item", Key=ITEM),
        "writes many": _batch_write,
        "archives": _put_object("archive/1.json"),
        "writes a ticket": _put_item("TICKET#1"),
        "deletes": _dynamodb("delete_item", Key=ITEM),
        "deletes in a transaction": _transact_delete,
        "lists a team's tickets": _query("gsi2"),
        "writes an answer": _dynamodb(
            "put_item", tables.IDEMPOTENCY_TABLE, Item={"id": {"S": "i"}}
        ),
    },
    "scheduled": {
        "publishes": _publish,
        "puts an event": _put_event(BUS),
        "reads the page tokens' secret": _get_secret("PAGE_TOKEN"),
        "parks": _put_object("quarantine/1.json"),
        "lists somebody's tickets": _query("gsi1"),
        "marks what was processed": _put_item("SEEN#1#1"),
        "writes an answer": _dynamodb(
            "put_item", tables.IDEMPOTENCY_TABLE, Item={"id": {"S": "i"}}
        ),
    },
}
CASES = [
    pytest.param(function, call, id=f"{function} {what}")
    for function in FUNCTIONS
    for what, call in (REFUSED[function] | NOBODY).items()
]


@pytest.mark.parametrize(("function", "call"), CASES)
def test_what_a_function_does_not_do_is_refused(desk: Desk, function: str, call: Call) -> None:
    # Given a call that is good: the account's own root may make it
    call(desk.engine.client, desk.place)
    # When the function's role makes it / Then it is refused
    with pytest.raises(ClientError) as raised:
        call(desk.client(function), desk.place)
    assert raised.value.response["Error"]["Code"] in DENIED
