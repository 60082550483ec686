from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import base
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from moto import mock_aws

from desk.adapters.secrets import CACHED_SECONDS, Secret


class Counted:
    """A client whose reads are counted."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.meta = client.meta
        self.stages: list[str] = []

    def get_secret_value(self, **request: Any) -> Any:
        self.stages.append(request["VersionStage"])
        return self._client.get_secret_value(**request)


class Time:
    """The time, for our cache and for Powertools'."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 3, 10) + timedelta(seconds=self.seconds)  # noqa: DTZ001


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(base, "datetime", made)
    return made


@pytest.fixture
def client(aws_environment: None) -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("secretsmanager")


@pytest.fixture
def arn(client: Any) -> str:
    made: str = client.create_secret(Name="page-token", SecretString="first")["ARN"]
    return made


@pytest.fixture
def counted(client: Any) -> Counted:
    return Counted(client)


@pytest.fixture
def secret(counted: Any, arn: str, time: Time) -> Secret:
    return Secret(lambda: counted, arn, time.monotonic)


def test_a_secret_is_what_is_current(secret: Secret, client: Any, arn: str) -> None:
    # Given a secret that was never replaced / When it is read / Then there is one value
    assert (secret.current(), secret.valid()) == ("first", ("first",))
    # When it is replaced, and read anew / Then the value before is valid, too
    client.put_secret_value(SecretId=arn, SecretString="second")
    secret.forget()
    assert (secret.current(), secret.valid()) == ("second", ("second", "first"))


def test_a_secret_is_read_once_in_five_minutes(
    secret: Secret, counted: Counted, client: Any, arn: str, time: Time
) -> None:
    # Given a secret without a value before / When it is asked for often
    for _ in range(3):
        assert secret.valid() == ("first",)
    # Then each was looked for once
    assert sorted(counted.stages) == ["AWSCURRENT", "AWSPREVIOUS"]
    # When it is replaced / Then that is seen when the five minutes are over
    client.put_secret_value(SecretId=arn, SecretString="second")
    time.seconds = CACHED_SECONDS - 1
    assert secret.valid() == ("first",)
    time.seconds = CACHED_SECONDS + 1
    assert secret.valid() == ("second", "first")


def test_no_client_is_made_before_it_is_needed(arn: str) -> None:
    # Given a secret / When it has not been read / Then its client was not asked for
    def fail() -> Any:
        raise AssertionError

    Secret(fail, arn)


def test_a_secret_that_cannot_be_read_is_an_error(counted: Any) -> None:
    # Given a secret that there is not / When it is read / Then that is an error
    missing = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none"
    with pytest.raises(GetParameterError):
        Secret(lambda: counted, missing).valid()


def test_a_value_before_that_cannot_be_read_is_an_error(
    secret: Secret, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a service that is busy / When the secret is read
    def busy(**_: Any) -> Any:
        raise RuntimeError("busy")

    monkeypatch.setattr(counted, "get_secret_value", busy)
    # Then that is not taken for a secret without a value before
    with pytest.raises(GetParameterError):
        secret.valid()
