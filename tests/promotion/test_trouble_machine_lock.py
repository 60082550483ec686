"""This machine's lock: held as long as a run, or a tool of it, is at work, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError
from pipeline.adapters import process
from pipeline.locking.environment import LEASE_SECONDS, alone, lock_file
from pipeline.locking.holder import Holder
from tests.pipeline.builders import environment

DEV = environment()
# A run that takes the lock and waits for a tool, which waits for a file.
RUN = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from pipeline.adapters import process
from pipeline.locking.environment import alone
from tests.pipeline.builders import environment

home = Path(sys.argv[1])
target = SimpleNamespace(checkout=SimpleNamespace(home=home))
with alone(target, environment(), "promote dev", lease=False):
    process.run(["terragrunt"], cwd=home, env=os.environ, log=home / "x.log")
"""
# The tool starts another, as Terragrunt starts Terraform: only that one is at work in the end.
TOOL = """#!/bin/sh
sh -c 'echo begun; until [ -e end ]; do sleep 0.05; done' &
until [ -e killed ] || [ -e end ]; do sleep 0.05; done
echo over
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    tool = tmp_path / "bin" / "terragrunt"
    tool.parent.mkdir()
    tool.write_text(TOOL)
    tool.chmod(0o755)
    return tmp_path


@pytest.fixture
def run(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run in a process of its own, whose tool is at work."""
    environ = os.environ | {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    child = subprocess.Popen([sys.executable, "-c", RUN, home], env=environ)
    until(lambda: (home / "x.log").exists() and b"begun" in (home / "x.log").read_bytes())
    yield child
    (home / "end").touch()
    child.kill()
    child.wait()


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def target(home: Path) -> Any:
    return SimpleNamespace(checkout=SimpleNamespace(home=home))


def is_free(home: Path) -> bool:
    try:
        with alone(target(home), DEV, "promote dev", lease=False):
            return True
    except BatonError:
        return False


@pytest.mark.proves("P4")
def test_a_second_run_is_told_who_is_at_work_since_when_and_with_what(
    run: subprocess.Popen[bytes], home: Path
) -> None:
    with (
        pytest.raises(BatonError) as raised,
        alone(target(home), DEV, "destroy dev", lease=False),
    ):
        pass

    said = raised.value.message
    assert "another run is changing dev from this checkout: `baton promote dev` of " in said
    assert f"process {run.pid} on " in said
    assert ", since 20" in said
    assert "terragrunt is at work" in said
    assert "wait for its end" in raised.value.remedy


@pytest.mark.proves("P4")
def test_after_a_kill_the_lock_is_held_until_the_tools_have_ended(
    run: subprocess.Popen[bytes], home: Path
) -> None:
    # Given a run that was killed, and only it
    run.kill()
    run.wait()

    # When another begins while a tool of a tool is at work, Then it is refused, with what to do
    (home / "killed").touch()
    until(lambda: b"over" in (home / "x.log").read_bytes())
    with (
        pytest.raises(BatonError, match=r"was killed, but terragrunt \(process \d+\)") as raised,
        alone(target(home), DEV, "promote dev", lease=False),
    ):
        pass
    assert "nothing has to be cleaned up" in raised.value.remedy

    # And when the last of them has ended, the next one begins, and knows of it
    (home / "end").touch()
    until(lambda: process.tail(home / "x.log") != "" and _free_and_told(home, run.pid))
    with alone(target(home), DEV, "promote dev", lease=False) as held:
        assert held.died is None


def _free_and_told(home: Path, pid: int) -> bool:
    try:
        with alone(target(home), DEV, "promote dev", lease=False) as held:
            return held.died is not None and held.died.pid == pid
    except BatonError:
        return False


def test_a_run_that_is_interrupted_in_order_leaves_nothing_behind(
    run: subprocess.Popen[bytes], home: Path
) -> None:
    # Given a tool that leaves a helper behind, which holds the descriptor on
    run.send_signal(signal.SIGINT)
    run.wait(30)

    # Then the lock is free all the same, and no run counts as dead
    with alone(target(home), DEV, "promote dev", lease=False) as held:
        assert held.died is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_lock_file_that_says_nothing_refuses_all_the_same(home: Path, content: bytes) -> None:
    with alone(target(home), DEV, "promote dev", lease=False):
        lock_file(target(home).checkout, "dev").write_bytes(content)

        assert not is_free(home)
    assert is_free(home)


def test_a_home_that_cannot_be_written_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    with (
        pytest.raises(BatonError, match=r"home/work/dev\.lock cannot be written: ") as raised,
        alone(target(tmp_path / "home"), DEV, "promote dev", lease=False),
    ):
        pass

    assert "BATON_HOME" in raised.value.remedy


def test_a_process_that_got_the_id_of_a_dead_one_is_not_taken_for_it() -> None:
    me = Holder.here("promote dev", LEASE_SECONDS)

    assert not me.is_gone
    if me.machine:
        assert me.model_copy(update={"process": "an earlier start"}).is_gone
        assert not me.model_copy(update={"machine": "elsewhere", "process": "x"}).is_gone
