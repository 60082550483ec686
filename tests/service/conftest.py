from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger, Metrics
from moto import mock_aws

from tests.service import tables

ROOT = Path(__file__).resolve().parents[2]
MINISTACK = ROOT / ".tools/envs/ministack/bin/python"
LAUNCHER = ROOT / "pipeline/local/ministack/launch.py"


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
    folder = tmp_path_factory.mktemp("emulator")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": "111111111111",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [MINISTACK, LAUNCHER], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/_ministack/health", process, folder / "log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the emulator did not come up: {log.read_text()[-2000:]}")
