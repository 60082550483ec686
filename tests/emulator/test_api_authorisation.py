"""The application's own template, deployed with each way of authorisation, and called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.api_address import api_base_address
from pipeline.release.packaging import code_folders, package
from pipeline.smoke.http_api import ByKey, BySignature, Caller, HttpApi, stranger
from tests.service.deployed import TEMPLATE, deployed

from .conftest import Engine, unique, zipped

pytestmark = pytest.mark.engine

CODE = """
def handler(event, context):
    return {"statusCode": 200, "body": "{}"}
"""
WAITERS = {"create_stack": "stack_create_complete", "update_stack": "stack_update_complete"}


class Application:
    """A stack of the template, with code that always answers."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.name = engine, unique("stack")
        self._bucket = unique("bucket")
        self._stream = self._make_table()
        engine.client("s3").create_bucket(Bucket=self._bucket)
        keys = {code.resource: "code.zip" for code in code_folders(TEMPLATE.read_bytes())}
        engine.client("s3").put_object(Bucket=self._bucket, Key="code.zip", Body=zipped(CODE))
        packaged = package(TEMPLATE.read_bytes(), keys).decode()
        for part in ("api", "processor", "scheduled"):
            packaged = packaged.replace(f"{part}_handler.handler", "index.handler")
        self._template = packaged

    def deploy(self, operation: str, auth: str) -> None:
        parameters = {
            **deployed("dev", "local", api={"auth": auth}).parameters,
            **{f"{part}RoleArn": self.engine.role for part in ("Api", "Processor", "Scheduled")},
            "ArtifactBucket": self._bucket,
            "TableStreamArn": self._stream,
            "Runtime": "python3.11",
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

    def status(self, caller: Caller) -> int:
        """What the deployed stage answers this caller."""
        outputs = self.outputs()
        address = api_base_address(
            self.engine.endpoint, "us-east-1", outputs["ApiId"], outputs["ApiStage"]
        )
        return HttpApi(address, caller).get("/health").status

    def outputs(self) -> dict[str, str]:
        stacks = self.engine.client("cloudformation").describe_stacks(StackName=self.name)
        return {o["OutputKey"]: o["OutputValue"] for o in stacks["Stacks"][0]["Outputs"]}

    def key(self) -> ByKey:
        found = self.engine.client("apigateway").get_api_key(
            apiKey=self.outputs()["ApiKeyId"], includeValue=True
        )
        return ByKey(found["value"])

    def signature(self) -> BySignature:
        return BySignature(self.engine.session)

    def delete(self) -> None:
        self.engine.client("cloudformation").delete_stack(StackName=self.name)

    def _make_table(self) -> str:
        table: dict[str, Any] = self.engine.client("dynamodb").create_table(
            TableName=unique("table"),
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        return str(table["TableDescription"]["LatestStreamArn"])


@pytest.fixture
def application(patched: Engine) -> Iterator[Application]:
    made = Application(patched)
    yield made
    made.delete()


@pytest.mark.proves("A5")
def test_what_the_setting_says_is_what_the_stage_enforces(application: Application) -> None:
    # Given an API with keys: a stranger and a signature are refused, the key is not
    application.deploy("create_stack", "api_key")
    key, signature = application.key(), application.signature()
    seen = [application.status(caller) for caller in (stranger, signature, key)]
    assert seen == [403, 403, 200]

    # When nothing but the setting changes
    application.deploy("update_stack", "iam")

    # Then a stranger and the key are refused, the signature is not, and there is no key any more
    seen = [application.status(caller) for caller in (stranger, signature, key)]
    assert seen == [403, 200, 403]
    assert "ApiKeyId" not in application.outputs()

    # When it is changed back / Then a new key is what opens it
    application.deploy("update_stack", "api_key")
    seen = [application.status(caller) for caller in (stranger, signature, application.key())]
    assert seen == [403, 403, 200]
