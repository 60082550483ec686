"""An AWS of moto's own, which no variable of the caller's shell leads away from."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from pipeline.adapters import queue as queue_adapter
from pipeline.adapters.queue import Queue
from tests.pipeline.builders import environment
from tests.pipeline.redriving import QUEUE


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """A session in an AWS that is empty."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield boto3.Session("key", "secret", region_name="us-east-1")


@pytest.fixture
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto answers from one place: there is nothing to wait for."""
    monkeypatch.setattr(queue_adapter, "WAIT_S", 0)


@pytest.fixture
def url(session: boto3.Session) -> str:
    """The URL of an empty queue, as the stream's dead letters have it."""
    return str(session.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"])


@pytest.fixture
def queue(session: boto3.Session, url: str) -> Queue:
    """That queue, as redrive reads it."""
    return Queue(session, environment("dev"), QUEUE)
