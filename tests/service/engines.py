"""The engines that a store is tested on, and empty tables on each.

moto is in this process. MiniStack is what the whole stack runs on locally. Dynoxide is held to AWS
itself by a public conformance suite (github.com/paritysuite/dynamodb-conformance): of the three it
is the strictest about expressions, transactions and types.
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

from pipeline.target.local.ministack.keys import root_secret_key
from tests.service import tables
from tools import dynoxide

ROOT = Path(__file__).resolve().parents[2]
MINISTACK = ROOT / ".tools/envs/ministack/bin/python"
LAUNCHER = ROOT / "pipeline/target/local/ministack/launch.py"
DYNOXIDE = ROOT / ".tools/bin" / dynoxide.NAME
REQUIRED = "BATON_REQUIRE_DYNOXIDE"  # "1": where it is missing, its tests fail
SECONDS_TO_START = 30
SECRET, ACCOUNT = "of the tests", "111111111111"

# one group: each process of pytest-xdist would start engines of its own
_started = (pytest.mark.engine, pytest.mark.xdist_group("engines"))
ENGINES = (
    pytest.param("moto", id="moto"),
    pytest.param("emulator", id="ministack", marks=_started),
    pytest.param("dynoxide_address", id="dynoxide", marks=_started),
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
    """A DynamoDB client of an account that has no tables yet.

    MiniStack takes an access key of 12 digits for an account, and separates accounts. Dynoxide has
    one set of tables: each test starts its own.
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
def started_dynoxide() -> Iterator[str]:
    """The address of a Dynoxide without data, for as long as the block lasts."""
    with subprocess.Popen(
        [DYNOXIDE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={}
    ) as process:
        # leaving the block closes its standard input, which ends it
        assert process.stdout is not None
        yield process.stdout.readline().rstrip()


def need_dynoxide() -> None:
    """Skip the test where Dynoxide is not installed; fail it where it is required."""
    if DYNOXIDE.exists():
        return
    missing = f"{DYNOXIDE} is missing: `make setup-tests` builds it, or says why not"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{REQUIRED} is set, but {missing}")
    pytest.skip(f"Dynoxide: {missing}")


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
