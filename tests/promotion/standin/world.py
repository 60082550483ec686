"""The stand-in project in an emulator, behind a proxy that can make trouble."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.settings import Environment, load_environment
from pipeline.checkout import Checkout
from pipeline.target.local.home import LocalHome
from tests.emulator.conftest import PATCHED, Engine, serve
from tests.promotion.fault_proxy import FaultProxy, proxied
from tests.promotion.standin.tree import HANDLER, lay_out

ROOT = Path(__file__).resolve().parents[3]
MODULE = "tests.promotion.standin.command"
PATIENCE_SECONDS = 120


@dataclass
class World:
    """A checkout, its dev, and the way there."""

    checkout: Checkout
    engine: Engine
    proxy: FaultProxy

    @property
    def dev(self) -> Environment:
        return self.engine.environment

    def start(
        self,
        *arguments: str,
        die_after: str = "-",
        home: Path | None = None,
        file_limit: int = resource.RLIM_INFINITY,
    ) -> subprocess.Popen[str]:
        """Begin a command, as on a terminal: Ctrl-C reaches it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        kept.pop("BATON_HOME", None)
        home = home or self.checkout.home
        # it reaches the emulator by way of the proxy
        if not home.is_file():
            self.engine.belongs_to(LocalHome(home, (self.dev,)), self.proxy.port)
        where = (str(self.checkout.root), str(home))
        return subprocess.Popen(
            [sys.executable, "-m", MODULE, *where, die_after, *arguments],
            cwd=ROOT,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: _limited(file_limit),
        )

    def run(self, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*arguments, **more)
        out, said = process.communicate(timeout=PATIENCE_SECONDS)
        return subprocess.CompletedProcess(arguments, process.returncode, out, said)

    def release(self, word: str) -> str:
        """Build a release whose function says `word`; its id."""
        handler = self.checkout.root / "sam-app/functions/hello/hello.py"
        handler.write_text(HANDLER.replace("hello", word).replace(f"{word}.handler", "handler"))
        done = self.run("build")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def records(self) -> list[str]:
        """The keys of dev's promotion records."""
        listed = self.engine.client("s3").list_objects_v2(
            Bucket=self.dev.artifact_bucket, Prefix="promotions/"
        )
        return [item["Key"] for item in listed.get("Contents", [])]

    def operations(self) -> list[str]:
        """What has become of the stack: the ends of its operations, oldest first."""
        formation = self.engine.client("cloudformation")
        pages = formation.get_paginator("describe_stack_events")
        events = [
            e for page in pages.paginate(StackName=self.dev.stack_name) for e in page["StackEvents"]
        ]
        ends = [
            event["ResourceStatus"]
            for event in reversed(events)
            if event["LogicalResourceId"] == self.dev.stack_name
        ]
        return [
            status for status in ends if status.endswith("_COMPLETE") and "CLEANUP" not in status
        ]

    def status(self) -> str:
        """How the stack is."""
        formation = self.engine.client("cloudformation")
        (stack,) = formation.describe_stacks(StackName=self.dev.stack_name)["Stacks"]
        return str(stack["StackStatus"])

    def says(self) -> Any:
        """What the deployed function says."""
        code = self.engine.client("lambda").invoke(FunctionName=f"{self.dev.prefix}-hello:live")
        return code["Payload"].read().decode().strip('"')

    def locks(self) -> list[str]:
        """The locks of states that are held, or were left."""
        listed = self.engine.client("s3").list_objects_v2(Bucket=self.dev.state_bucket)
        return [o["Key"] for o in listed.get("Contents", []) if o["Key"].endswith(".tflock")]


@contextmanager
def standing(folder: Path) -> Iterator[World]:
    """A world in which nothing has been promoted yet."""
    checkout = lay_out(folder / "checkout")
    (folder / "engine").mkdir()
    dev = load_environment(checkout.live, "dev")
    with (
        serve(PATCHED, folder / "engine", dev, 30) as engine,
        proxied(engine.endpoint) as proxy,
    ):
        yield World(checkout, engine, proxy)


def _limited(file_bytes: int) -> None:
    """As a terminal starts it, on a disk that has so much left for a file."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))


def descendants(pid: int) -> list[int]:
    """A process and all that it has started, the first first."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def kill_all(process: subprocess.Popen[str]) -> None:
    """SIGKILL for a command and every tool of it, as where a machine loses its power."""
    for pid in descendants(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.communicate()


def until(seen: Callable[[], bool], what: str) -> None:
    """Wait until something is seen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def done(ended: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """A promotion that has ended well: its record."""
    assert ended.returncode == 0, ended.stderr
    record: dict[str, object] = json.loads(ended.stdout)
    assert record["verified"]
    return record


def refused(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    """A gate's refusal as it must be: one message, no traceback."""
    assert ended.returncode == 4, ended.stderr
    assert "Traceback" not in ended.stderr
    for each in words:
        assert each in ended.stderr


def failed(ended: subprocess.CompletedProcess[str], *words: str) -> str:
    """A failure as it must be: one message, no traceback; the whole of it."""
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("baton: ") == 1
    for each in words:
        assert each in ended.stderr
    return ended.stderr
