"""Tools are run so that their output is kept, their failure shown, and Ctrl-C passed on once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.errors import BatonError, Interrupted
from pipeline.adapters import process

PYTHON = sys.executable
# Counts the signals it gets, and takes its time to end in order.
PATIENT = """
import signal, sys, time
got = []
signal.signal(signal.SIGINT, lambda *_: got.append(1))
print("ready", flush=True)
while not got:
    time.sleep(0.01)
time.sleep(1)
print(f"ended after {len(got)} signals", flush=True)
"""


def _run(log: Path, *command: str, **more: bool) -> int:
    return process.run([PYTHON, "-c", *command], cwd=log.parent, env=os.environ, log=log, **more)


def test_output_of_both_kinds_is_in_the_log(tmp_path: Path) -> None:
    _run(tmp_path / "x.log", "import sys; print('out'); print('err', file=sys.stderr)")

    assert set((tmp_path / "x.log").read_text().split()) == {"out", "err"}


def test_a_copy_that_shares_the_log_keeps_what_it_had(tmp_path: Path) -> None:
    # Given a log, and a copy of it by a hard link
    log = tmp_path / "x.log"
    _run(log, "print('first')")
    (tmp_path / "copy").hardlink_to(log)

    # When the tool runs again
    _run(log, "print('second')")

    # Then the copy is what it was
    assert log.read_text() == "second\n"
    assert (tmp_path / "copy").read_text() == "first\n"


def test_a_failing_tool_shows_its_last_lines_and_where_the_rest_is(tmp_path: Path) -> None:
    log = tmp_path / "x.log"

    with pytest.raises(process.ToolFailedError, match="the reason") as raised:
        _run(log, "print('the reason'); raise SystemExit(7)")

    assert raised.value.code == 7
    assert str(log) in raised.value.remedy
    assert _run(log, "raise SystemExit(7)", check=False) == 7


def test_a_missing_tool_is_named_with_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(BatonError, match="no-such-tool is not installed") as raised:
        process.run(["no-such-tool"], cwd=tmp_path, env=os.environ, log=tmp_path / "x.log")

    assert raised.value.remedy == "make setup"


@pytest.fixture
def _as_in_the_command() -> Iterator[None]:
    """The command's handling of signals, for one test."""
    before = {number: signal.getsignal(number) for number in process.ENDING}
    process.interrupt_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_as_in_the_command")
def test_ctrl_c_reaches_the_tool_once_and_waits_for_its_end(tmp_path: Path) -> None:
    log = tmp_path / "x.log"

    def interrupt_twice() -> None:
        while not log.exists() or "ready" not in log.read_text():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)  # an impatient person
        os.kill(os.getpid(), signal.SIGTERM)  # and an impatient runner

    threading.Thread(target=interrupt_twice, daemon=True).start()
    with pytest.raises(Interrupted, match="interrupted while"):
        _run(log, PATIENT)

    assert "ended after 1 signals" in log.read_text()


def test_the_tool_has_no_terminal_to_ask_at(tmp_path: Path) -> None:
    with pytest.raises(process.ToolFailedError, match="EOFError"):
        _run(tmp_path / "x.log", "input()")


def test_sigterm_ends_the_command_with_130() -> None:
    code = (
        "import os, signal, sys; sys.argv = ['baton', 'build']\n"
        "import pipeline.__main__ as m, pipeline.commands.build as b\n"
        "b.command.callback = lambda **_: os.kill(os.getpid(), signal.SIGTERM)\n"
        "sys.exit(m.main())"
    )

    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 130
    assert "Traceback" not in done.stderr
