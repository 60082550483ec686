"""A stock and a patched emulator for the whole run, and what the tests say to them."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, TypeVar

import boto3
import pytest
from botocore.config import Config

from codegen.files import write_private
from codegen.settings import Environment, load_all
from pipeline.target.local import process
from pipeline.target.local.engine import LAUNCH, process_environment
from pipeline.target.local.home import LocalHome, Record
from pipeline.target.local.ministack.keys import root_secret_key
from pipeline.target.local.private import secret_file

CHECKOUT = Path(__file__).parents[2]
PYTHON = CHECKOUT / ".tools/envs/ministack/bin/python"
STOCK = (str(PYTHON), "-m", "ministack")  # MiniStack as it is published
PATCHED = (str(PYTHON), str(LAUNCH))  # as the local target runs it
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Engine:
    """A started emulator."""

    endpoint: str
    environment: Environment
    folder: Path
    patience_seconds: float  # how long to wait for what may never come
    secret: Path  # the file of the home's secret

    def belongs_to(self, home: LocalHome, port: int | None = None) -> None:
        """Let a home take it for one that it has started, on this or another port."""
        write_private(home.secret_file, self.secret.read_bytes())
        own = int(self.endpoint.rpartition(":")[2])
        home.remember(self.environment, running(port or own))

    def client(self, service: str) -> Any:
        session: Any = self.session  # the service is not a literal, as the stubs want it
        return session.client(
            service,
            endpoint_url=self.endpoint,
            config=Config(retries={"total_max_attempts": 1}),
        )

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=self.environment.account_id,
            aws_secret_access_key=self.secret_key,
            region_name=self.environment.region,
        )

    @property
    def secret_key(self) -> str:
        """The secret access key of its account's root."""
        return self.secret_key_of(self.environment.account_id)

    def secret_key_of(self, account_id: str) -> str:
        """That of any account's root, as the home derives it."""
        return root_secret_key(self.secret.read_text(), account_id)

    @cached_property
    def role(self) -> str:
        """A role that Lambda may take; the functions of these tests call nothing."""
        trust = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            },
        }
        role = self.client("iam").create_role(
            RoleName="function", AssumeRolePolicyDocument=json.dumps(trust)
        )
        return str(role["Role"]["Arn"])

    def create_function(self, code: str, **environ: str) -> str:
        """A function of one file; its name. What it writes to $JOURNAL, `journal` reads."""
        name = unique("function")
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="index.handler",
            Role=self.role,
            Code={"ZipFile": zipped(code)},
            Timeout=60,
            Environment={"Variables": {**environ, "JOURNAL": str(self._journal(name))}},
        )
        return name

    def journal(self, function: str) -> list[str]:
        """The lines that a function has written, in order.

        A file and not its log: on a busy machine the emulator now and then loses a log line.
        """
        file = self._journal(function)
        return file.read_text().splitlines() if file.exists() else []

    def _journal(self, function: str) -> Path:
        return self.folder / f"{function}.journal"


def running(port: int) -> Record:
    """The record of an emulator that runs; this process stands for it."""
    return Record(port=port, pid=os.getpid(), identity=process.identity(os.getpid()))


@contextmanager
def noting(asked: list[str], answer: bytes = b"") -> Iterator[int]:
    """A server that notes the first line of each request, and answers all alike; its port."""

    class Noting(StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline().decode())
            self.wfile.write(answer)

    with ThreadingTCPServer(("127.0.0.1", 0), Noting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def zipped(code: str) -> bytes:
    """A deployment package with the one file index.py."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("index.py", code)
    return buffer.getvalue()


def unique(kind: str) -> str:
    """A name that nothing else in the emulator has."""
    return f"{kind}-{uuid.uuid4().hex[:8]}"


def eventually(
    look: Callable[[], Seen], wanted: Callable[[Seen], bool], seconds: float = 20
) -> Seen:
    """Look until what is seen is wanted, or the time is over; the last that was seen."""
    deadline = time.monotonic() + seconds
    while not wanted(seen := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(
    command: tuple[str, ...],
    folder: Path,
    environment: Environment,
    patience_seconds: float,
    end: signal.Signals = signal.SIGKILL,
) -> Iterator[Engine]:
    """Run an emulator with the settings that the product gives it.

    Its state is of no use, unless it ends by SIGTERM: then another in the same folder goes on.
    """
    port = free_port()
    secret = secret_file(folder)
    (folder / "tmp").mkdir(exist_ok=True)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env=process_environment(environment, folder, port, folder / "state", secret),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        if not eventually(lambda: answers(port), bool):
            pytest.fail(f"{command} does not answer:\n{(folder / 'log').read_text()}")
        yield Engine(f"http://127.0.0.1:{port}", environment, folder, patience_seconds, secret)
    finally:
        process.send_signal(end)
        process.wait()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="session")
def environments() -> tuple[Environment, ...]:
    return tuple(load_all(CHECKOUT / "live"))


@pytest.fixture(scope="session")
def stock(
    environments: tuple[Environment, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    with serve(STOCK, tmp_path_factory.mktemp("stock"), environments[0], 3) as engine:
        yield engine


@pytest.fixture(scope="session")
def patched(
    environments: tuple[Environment, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    with serve(PATCHED, tmp_path_factory.mktemp("patched"), environments[0], 30) as engine:
        yield engine


@pytest.fixture
def gap(stock: Engine, patched: Engine) -> Callable[[Callable[[Engine], Any], Any], None]:
    """Check that a gap is there in the stock emulator, and closed in the patched one."""

    def check(observe: Callable[[Engine], Any], as_on_aws: Any) -> None:
        assert observe(patched) == as_on_aws
        assert observe(stock) != as_on_aws, "upstream mended this: remove the patch"

    return check
