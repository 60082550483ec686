"""The engines that a store is tested on, and an account of its own on each.

moto is in this process. MiniStack is what the whole stack runs on locally. DynamoDB Local is AWS's
own engine: of the three it is the strictest about expressions, transactions and types.
"""

from __future__ import annotations

import http.client
import itertools
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from pipeline.local.ministack.keys import root_secret_key
from tests.service import tables
from tools import dynamodb_local

ROOT = Path(__file__).resolve().parents[2]
MINISTACK = ROOT / ".tools/envs/ministack/bin/python"
LAUNCHER = ROOT / "pipeline/local/ministack/launch.py"
LIBRARIES = ROOT / ".tools" / dynamodb_local.NAME
REQUIRED = "BATON_REQUIRE_DYNAMODB_LOCAL"  # "1": where it cannot run, its tests fail
SECONDS_TO_START = 30
SECRET, ACCOUNT = "of the tests", "111111111111"

# one group: each process of pytest-xdist would start engines of its own
_started = (pytest.mark.engine, pytest.mark.xdist_group("engines"))
ENGINES = (
    pytest.param("moto", id="moto"),
    pytest.param("emulator", id="ministack", marks=_started),
    pytest.param("dynamodb_local", id="dynamodb-local", marks=_started),
)
_accounts = itertools.count(100_000_000_000)


def client_on(request: pytest.FixtureRequest, engine: str) -> Any:
    """A DynamoDB client of an account that has both tables, empty, and nothing else.

    Parameters
    ----------
    request:
        The request of the fixture that asks.
    engine:
        Which engine: a value of `ENGINES`.
    """
    if engine == "moto":
        return request.getfixturevalue("dynamodb")
    client = client_of(request.getfixturevalue(engine))
    tables.create(client)
    tables.create_idempotency(client)
    return client


def client_of(address: str) -> Any:
    """A DynamoDB client of an account that nothing was ever made in.

    Both engines take an access key of 12 digits for an account, and keep accounts apart.
    """
    account = str(next(_accounts))
    return boto3.client(
        "dynamodb",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key=root_secret_key(SECRET, account),  # the emulator verifies it
    )


@contextmanager
def ministack(folder: Path) -> Iterator[str]:
    """The address of a MiniStack, as the local target runs it, for as long as the block lasts."""
    port = free_port()
    (folder / "secret").write_text(SECRET)
    environment = {
        "BATON_SECRET_FILE": str(folder / "secret"),
        "STATE_DIR": str(folder / "state" / "live"),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }
    with _running([MINISTACK, LAUNCHER], folder, port, environment) as address:
        yield address


@contextmanager
def started_dynamodb_local(folder: Path) -> Iterator[str]:
    """The address of a DynamoDB Local without data, for as long as the block lasts.

    It listens on every interface: it has no option for an address, and takes no port 0.
    """
    port = free_port()
    command: list[str | Path] = [
        "java",
        # it lives for a minute, and there are few cores: no time for optimising
        *("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
        *(f"-Djava.library.path={LIBRARIES}", "-cp", f"{LIBRARIES}/*"),
        "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
        *("-inMemory", "-disableTelemetry", "-port", str(port)),
    ]
    with _running(command, folder, port, {}) as address:
        yield address


def need_dynamodb_local() -> None:
    """Skip the test where DynamoDB Local cannot be started; fail it where one is required."""
    missing = dynamodb_local.no_java()
    if not LIBRARIES.is_dir():
        missing = f"{LIBRARIES} is missing: `make setup` makes it, or says why not"
    if missing and os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{REQUIRED} is set, but {missing}")
    if missing:
        pytest.skip(f"DynamoDB Local: {missing}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: list[str | Path], folder: Path, port: int, environment: Mapping[str, str]
) -> Iterator[str]:
    # neither credentials nor a profile of whoever runs the tests
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=log,
            stderr=log,
        )
    try:
        ends = time.monotonic() + SECONDS_TO_START
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > ends:
                pytest.fail(f"{command[0]} did not come up: {(folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=15)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()  # also an error is an answer
    except OSError:
        return False
    finally:
        connection.close()
    return True
