from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger, Metrics
from moto import mock_aws

from pipeline.target.local.ministack.keys import root_secret_key
from tests.service import engines, tables


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are none, and no profile of whoever runs the tests."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def dynamodb(aws_environment: None) -> Iterator[Any]:
    """A DynamoDB client of an account in this process that has the two tables."""
    with mock_aws():
        client = boto3.client("dynamodb")
        tables.create(client)
        tables.create_idempotency(client)
        yield client


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    made = Metrics(namespace="Test", service="test")
    made.clear_metrics()
    yield made
    made.clear_metrics()


@pytest.fixture
def logger() -> Logger:
    return Logger(service="test")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an emulator of its own."""
    with engines.ministack(tmp_path_factory.mktemp("emulator")) as address:
        yield address


@pytest.fixture
def on_emulator(aws_environment: None, emulator: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The emulator's address; this process has the credentials of its account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", engines.ACCOUNT)
    secret = root_secret_key(engines.SECRET, engines.ACCOUNT)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    return emulator


@pytest.fixture
def dynoxide_address() -> Iterator[str]:
    """The address of a Dynoxide; skips where there is none, unless one is required."""
    engines.need_dynoxide()
    with engines.started_dynoxide() as address:
        yield address


@pytest.fixture(params=engines.ENGINES)
def desk_client(request: pytest.FixtureRequest) -> Any:
    """A DynamoDB client that has both tables, empty: on each engine in turn."""
    return engines.client_on(request, request.param)
