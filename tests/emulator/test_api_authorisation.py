"""The application's own template, deployed with each way of authorisation, and called."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import yaml

from pipeline.deployed.api_address import api_base_address
from pipeline.release.packaging import in_one_piece
from tests.service.template.deployed import TEMPLATE, deployed
from verification.http_api import ByKey, BySignature, Caller, stranger

from .conftest import Engine, unique, zipped

pytestmark = pytest.mark.engine

CODE = """
def handler(event, context):
    return {"statusCode": 200, "body": "{}"}
"""
WAITERS = {"create_stack": "stack_create_complete", "update_stack": "stack_update_complete"}
NOBODY = {"ApiKeyRequired": "", "ApiAuthorizer": "", "UserPoolArn": ""}
KEY, IAM = {"ApiKeyRequired": "true"}, {"ApiAuthorizer": "AWS_IAM"}
PASSWORD = "Correct-horse-7"


@dataclass(frozen=True)
class ByToken:
    """A caller who is known by a token, as a user pool gives it."""

    token: str

    def __call__(self, method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        return {"Authorization": self.token}


class UserPool:
    """A user pool with one user, who signs in by password."""

    def __init__(self, engine: Engine) -> None:
        self._cognito = engine.client("cognito-idp")
        pool = self._cognito.create_user_pool(PoolName=unique("pool"))["UserPool"]
        self._id, self.arn = pool["Id"], pool["Arn"]
        self._client = self._cognito.create_user_pool_client(
            UserPoolId=self._id,
            ClientName="test",
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        )["UserPoolClient"]["ClientId"]
        self._cognito.admin_create_user(UserPoolId=self._id, Username="ana")
        self._cognito.admin_set_user_password(
            UserPoolId=self._id, Username="ana", Password=PASSWORD, Permanent=True
        )

    def token(self) -> ByToken:
        answer = self._cognito.admin_initiate_auth(
            UserPoolId=self._id,
            ClientId=self._client,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD},
        )
        return ByToken(answer["AuthenticationResult"]["IdToken"])


class Application:
    """A stack of the template, with code that always answers."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.name = engine, unique("stack")
        self._bucket = unique("bucket")
        self._stream = self._make_table()
        engine.client("s3").create_bucket(Bucket=self._bucket)
        engine.client("s3").put_object(Bucket=self._bucket, Key="code.zip", Body=zipped(CODE))
        packaged = in_one_piece(TEMPLATE, TEMPLATE.parent, "code.zip")
        for part in ("api", "processor", "scheduled"):
            packaged = packaged.replace(f"{part}_handler.handler", "index.handler")
        self._template = packaged

    def deploy(self, operation: str, auth: Mapping[str, str]) -> None:
        """Create or update the stack, with callers known as `auth` says: parameter → value."""
        parameters = {
            **deployed("dev", "local").parameters,
            **{f"{part}RoleArn": self.engine.role for part in ("Api", "Processor", "Scheduled")},
            "ArtifactBucket": self._bucket,
            "TableStreamArn": self._stream,
            "Runtime": "python3.11",
            **NOBODY,
            **auth,
        }
        cloudformation = self.engine.client("cloudformation")
        getattr(cloudformation, operation)(
            StackName=self.name,
            TemplateBody=self._template,
            Capabilities=["CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        )
        cloudformation.get_waiter(WAITERS[operation]).wait(
            StackName=self.name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 200}
        )

    def answers(self, *callers: Caller) -> list[int]:
        """What the deployed stage answers each caller."""
        base = self._address()
        return [_status(caller, "GET", f"{base}/health") for caller in callers]

    def answers_on_every_route(self, caller: Caller) -> dict[str, int]:
        """Route → what it answers this caller."""
        base = self._address()
        paths = yaml.safe_load((TEMPLATE.parent / "gateway.yaml").read_text())["paths"]
        return {
            f"{verb} {path}": _status(caller, verb.upper(), base + re.sub("{.*?}", "a", path))
            for path, operations in paths.items()
            for verb in operations
        }

    def outputs(self) -> dict[str, str]:
        stacks = self.engine.client("cloudformation").describe_stacks(StackName=self.name)
        return {o["OutputKey"]: o["OutputValue"] for o in stacks["Stacks"][0]["Outputs"]}

    def key(self) -> ByKey:
        found = self.engine.client("apigateway").get_api_key(
            apiKey=self.outputs()["ApiKeyId"], includeValue=True
        )
        return ByKey(found["value"])

    def delete(self) -> None:
        self.engine.client("cloudformation").delete_stack(StackName=self.name)

    def _address(self) -> str:
        found = self.outputs()
        return api_base_address(
            self.engine.endpoint, "us-east-1", found["ApiId"], found["ApiStage"]
        )

    def _make_table(self) -> str:
        table: dict[str, Any] = self.engine.client("dynamodb").create_table(
            TableName=unique("table"),
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        return str(table["TableDescription"]["LatestStreamArn"])


def _status(caller: Caller, verb: str, url: str) -> int:
    request = urllib.request.Request(url, headers=dict(caller(verb, url, None)), method=verb)
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def signer(engine: Engine, action: str) -> tuple[BySignature, BySignature]:
    """A new user of the account who may do just this, and who says so with another's secret."""
    iam, name = engine.client("iam"), unique("user")
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    true, false = (
        boto3.Session(key["AccessKeyId"], secret, region_name="us-east-1")
        for secret in (key["SecretAccessKey"], "x" * 40)
    )
    return BySignature(true), BySignature(false)


@pytest.fixture
def application(patched: Engine) -> Iterator[Application]:
    made = Application(patched)
    yield made
    made.delete()


@pytest.mark.proves("A5")
def test_what_the_parameters_say_is_what_the_stage_enforces(
    application: Application, patched: Engine
) -> None:
    (signature, forged), (powerless, _) = (
        signer(patched, action) for action in ("execute-api:Invoke", "s3:GetObject")
    )
    pool, other = UserPool(patched), UserPool(patched)
    token, foreign = pool.token(), other.token()

    # Given an API with keys / Then the key is let in, and nobody else
    application.deploy("create_stack", KEY)
    key = application.key()
    seen = application.answers(stranger, ByKey("wrong"), signature, token, key)
    assert seen == [403, 403, 403, 403, 200]

    # When nothing but the parameters changes
    application.deploy("update_stack", IAM)

    # Then the right signature is let in, and there is no key any more
    seen = application.answers(stranger, key, token, forged, powerless, signature)
    assert seen == [403, 403, 403, 403, 403, 200]
    assert "ApiKeyId" not in application.outputs()

    # When it is a user pool / Then its own tokens are let in, as they were signed
    application.deploy("update_stack", {"UserPoolArn": pool.arn})
    tampered = ByToken(token.token[:-8] + "AAAAAAAA")
    seen = application.answers(stranger, key, signature, foreign, tampered, token)
    assert seen == [401, 401, 401, 401, 401, 200]

    # When it is changed back / Then a new key is what opens it
    application.deploy("update_stack", KEY)
    seen = application.answers(stranger, key, signature, token, application.key())
    assert seen == [403, 403, 403, 403, 200]


@pytest.mark.proves("A4", "A5")
@pytest.mark.parametrize(("way", "refusal"), [("key", 403), ("iam", 403), ("cognito", 401)])
def test_every_route_is_closed_to_strangers_and_leads_to_the_function(
    application: Application, patched: Engine, way: str, refusal: int
) -> None:
    # Given an API with one of the ways
    pool = UserPool(patched)
    auth = {"key": KEY, "iam": IAM, "cognito": {"UserPoolArn": pool.arn}}[way]
    application.deploy("create_stack", auth)
    known: dict[str, Any] = {
        "key": lambda: application.key(),
        "iam": lambda: signer(patched, "execute-api:Invoke")[0],
        "cognito": pool.token,
    }
    # When a stranger and one who is known call each route
    refused = application.answers_on_every_route(stranger)
    answered = application.answers_on_every_route(known[way]())
    # Then no route is open, and none leads nowhere
    assert len(refused) == 12
    assert set(refused.values()) == {refusal}
    assert set(answered.values()) == {200}
