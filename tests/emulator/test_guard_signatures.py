"""The emulator takes the signatures of keys that it knows, of the whole request, in time."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from unittest.mock import patch

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from pipeline.target.local.ministack.keys import root_secret_key

from .conftest import Engine, unique
from .raw_requests import presigned, root, send, signature

pytestmark = pytest.mark.engine

CONFIG = "/_ministack/config"
OBJECT = b"what is in the object"
CALLS = """
import boto3

def handler(event, context):
    return boto3.client("sts").get_caller_identity()["Arn"]
"""


def credentials_of(engine: Engine, kind: str) -> Credentials:
    """Credentials that are none here; the names say why."""
    account, secret = engine.environment.account_id, engine.secret_key
    return {
        "any secret": Credentials(account, "local"),
        "no secret": Credentials(account, ""),
        "MiniStack's own key": Credentials("test", "test"),
        "the key test with the secret": Credentials("test", secret),
        "another account with the secret": Credentials("999999999999", secret),
        "a key that nobody has": Credentials("AKIAIOSFODNN7EXAMPLE", secret),
        "a session that nobody has": Credentials("ASIAIOSFODNN7EXAMPLE", secret, "token"),
        "the root with a session": Credentials(account, secret, "token"),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "any secret",
        "no secret",
        "MiniStack's own key",
        "the key test with the secret",
        "another account with the secret",
        "a key that nobody has",
        "a session that nobody has",
        "the root with a session",
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "service"),
    [
        ("POST", CONFIG, "ministack"),
        ("POST", "/_ministack/reset", "ministack"),
        ("GET", "/", "s3"),
        ("GET", "/2015-03-31/functions/", "lambda"),
    ],
)
def test_a_wrong_signature_is_refused(
    patched: Engine, kind: str, method: str, path: str, service: str
) -> None:
    # Given credentials that are none here / When they sign a request, in the header and the query
    wrong = credentials_of(patched, kind)
    answers = [
        send(patched, method, path, signature(patched, method, path, wrong, service)),
        send(patched, method, presigned(patched, method, path, wrong, service, 60)),
    ]

    # Then
    assert {answer.status for answer in answers} <= {400, 403}


def test_a_signature_is_of_the_whole_request(patched: Engine) -> None:
    # Given a signed request
    body = b'{"Limit": 1}'
    typed = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    signed = signature(patched, "POST", "/", root(patched), "dynamodb", typed, body)
    assert send(patched, "POST", "/", signed, body).status == 200

    # When its body, its query or a signed header is another
    other = {**signed, "X-Amz-Target": "DynamoDB_20120810.DescribeLimits"}
    answers = [
        send(patched, "POST", "/", signed, b'{"Limit": 2}'),
        send(patched, "POST", "/?Limit=2", signed, body),
        send(patched, "POST", "/", other, body),
    ]

    # Then it is refused
    assert [answer.status for answer in answers] == [400, 400, 400]
    assert all("InvalidSignatureException" in answer.text for answer in answers)


def test_a_request_with_two_kinds_of_credentials_is_refused(patched: Engine) -> None:
    # Given a role's valid signature, and a root's key in the query, which is not signed with
    role = Credentials(*session_of_a_role(patched).values())
    query = (
        f"?X-Amz-Credential={patched.environment.account_id}/20260101/us-east-1/sts/aws4_request"
    )
    path = f"/{query}&Action=GetCallerIdentity&Version=2011-06-15"

    # When both are sent / Then whoever is taken for the caller has signed
    answer = send(patched, "GET", path, signature(patched, "GET", path, role, "sts"))
    assert answer.status in (200, 403)
    assert ":root" not in answer.text

    # And with another scheme in the header, the query's key must be the signature's
    answer = send(patched, "GET", path, {"Authorization": "Bearer token"})
    assert answer.status in (400, 403)


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_signature_of_another_time_is_refused(patched: Engine, minutes: int) -> None:
    # Given a request that was signed long ago, or is signed in advance
    then = dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(minutes=minutes)
    with patch("botocore.auth.get_current_datetime", return_value=then):
        signed = signature(patched, "POST", CONFIG, root(patched), "ministack")
    # When it is sent / Then
    assert send(patched, "POST", CONFIG, signed).status == 403


@pytest.fixture(scope="module")
def bucket(patched: Engine) -> str:
    name = unique("bucket")
    patched.client("s3").create_bucket(Bucket=name)
    return name


@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("who", ["the account", "a role"])
def test_a_presigned_address_is_good_for_what_was_signed(
    patched: Engine, bucket: str, version: str, who: str
) -> None:
    # Given addresses under which an object is put, and got
    keys = {"aws_access_key_id": patched.environment.account_id}
    keys |= {"aws_secret_access_key": patched.secret_key}
    given = keys if who == "the account" else session_of_a_role(patched)
    s3 = boto3.client(
        "s3",
        endpoint_url=patched.endpoint,
        region_name="us-east-1",
        config=Config(signature_version=version),
        **given,
    )
    put, get = (
        s3.generate_presigned_url(
            operation, Params={"Bucket": bucket, "Key": f"a b/ö {who} {version}"}
        ).removeprefix(patched.endpoint)
        for operation in ("put_object", "get_object")
    )

    # When they are used as they are, for another object, in another way, and by another service
    used = [send(patched, "PUT", put, {}, OBJECT), send(patched, "GET", get)]
    misused = [
        send(patched, "GET", get.replace("a%20b", "another")),
        send(patched, "DELETE", get),
        send(patched, "GET", get, {"X-Amz-Target": "DynamoDB_20120810.ListTables"}),
    ]

    # Then
    assert [answer.status for answer in used] == [200, 200]
    assert used[1].text == OBJECT.decode()
    assert {answer.status for answer in misused} <= {400, 403}


def test_a_presigned_address_is_good_for_its_time(patched: Engine, bucket: str) -> None:
    then = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(hours=1)
    with patch("botocore.auth.get_current_datetime", return_value=then):
        seconds = {
            seconds: presigned(patched, "GET", f"/{bucket}", root(patched), "s3", seconds)
            for seconds in (60, 3600 + 60)
        }
    assert [send(patched, "GET", path).status for path in seconds.values()] == [403, 200]


def session_of_a_role(engine: Engine) -> dict[str, str]:
    """What STS gives for a role that may read and write objects, as boto3 names it."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = engine.client("iam").create_role(
        RoleName=unique("role"), AssumeRolePolicyDocument=policy
    )["Role"]["Arn"]
    objects = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    engine.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="objects",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [objects]}),
    )
    taken = engine.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return {
        "aws_access_key_id": taken["AccessKeyId"],
        "aws_secret_access_key": taken["SecretAccessKey"],
        "aws_session_token": taken["SessionToken"],
    }


def test_the_account_of_another_environment_may_take_a_role(patched: Engine) -> None:
    # Given the credentials that another environment's profile has in this home
    other = "222222222222"
    secret = root_secret_key(patched.secret.read_text(), other)
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{other}:root"},
    }
    role = patched.client("iam").create_role(
        RoleName=unique("reader"),
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]

    # When it takes a role here that trusts it / Then it may
    sts = boto3.Session(other, secret, region_name="us-east-1").client(
        "sts", endpoint_url=patched.endpoint
    )
    taken = sts.assume_role(RoleArn=role, RoleSessionName="above")
    assert taken["AssumedRoleUser"]["Arn"].startswith(
        f"arn:aws:sts::{patched.environment.account_id}:"
    )


def test_a_function_has_credentials_that_nobody_can_compute(patched: Engine) -> None:
    # Given a function that calls AWS
    function = patched.create_function(CALLS)
    client = patched.client("lambda")
    answer = client.invoke(FunctionName=function)
    assert f":assumed-role/function/{function}" in answer["Payload"].read().decode()

    # When credentials are derived from the names alone, as MiniStack does
    arn = client.get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    digest = hashlib.sha256(f"{arn}:{patched.role}".encode()).hexdigest()
    guessed = boto3.Session(
        f"ASIA{digest[:16].upper()}",
        hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
        hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
        region_name="us-east-1",
    )

    # Then they are none
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        guessed.client("sts", endpoint_url=patched.endpoint).get_caller_identity()
