"""The contract of `verify`: how it may end, and how Baton ends it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.errors import Interrupted
from pipeline.adapters import process
from pipeline.adapters.streaming import NotStartedError
from pipeline.verification import runner
from tests.pipeline.verification.unpacked import DELETED, OK, Release


@pytest.mark.parametrize(
    ("mode", "shebang", "why"),
    [
        (0o644, "#!/bin/sh\n", "Permission denied"),
        (0o755, "#!/no/such/shell\n", "No such file"),
        (0o755, "", "Exec format error"),
    ],
)
def test_what_cannot_be_executed_is_said_with_the_reason(
    release: Release, mode: int, shebang: str, why: str
) -> None:
    release.write("exit 0\n", shebang)
    (release.work / "sam-app/verify").chmod(mode)
    with pytest.raises(NotStartedError, match=f"verify cannot be executed: {why}") as raised:
        release.run()
    assert "docs/verify.md" in raised.value.remedy
    assert [file.name for file in release.work.iterdir()] == ["sam-app"]


def test_a_signal_that_ended_it_is_named(release: Release) -> None:
    assert release.problems(f"{OK}\nkill -9 $$") == ("it was ended by signal 9",)


@pytest.mark.parametrize("output", ["", "exec >&- 2>&-"])
def test_what_hangs_is_ended_in_order(
    release: Release, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    # Given one that waits for a command, with and without its output
    monkeypatch.setattr(runner, "TIMEOUT_S", 0.5)
    trap = f"trap 'echo done > {release.work}/ended; exit 1' INT\n"
    problems = release.problems(f"{trap}{OK}\n{output}\nsleep 60")
    assert problems == ("it did not end within 0.00833333 minutes",)
    assert (release.work / "ended").read_text() == "done\n"


def test_what_does_not_end_in_order_is_killed(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(process, "INTERRUPT_PATIENCE_SECONDS", 0.3)
    problems = release.problems(f"trap '' INT\n{OK}\nwhile :; do sleep 0.1; done")
    assert problems[0].startswith("it did not end within")
    assert problems[-1].startswith("it did not end in order and was killed")


def test_a_process_that_it_leaves_behind_keeps_nobody_waiting(release: Release) -> None:
    started = time.monotonic()
    release.write(f"sleep 60 &\necho $! >&2\n{OK}")
    assert release.run().problems == ()
    assert time.monotonic() - started < 20
    left = int(release.said[0].removeprefix("verify: "))
    assert _ends(left)


def _ends(pid: int) -> bool:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_the_first_function_that_fails_ends_it_in_order(release: Release) -> None:
    # Given one that would wait for long, and deletes its data when it is ended
    release.write(f"end() {{ {DELETED}; exit 1; }}\ntrap end INT\n{OK}\nsleep 60")

    # When a function has failed, Then that is the first problem, and its last check is read
    def failing() -> str:
        return "the function x failed: KeyError" if release.log.stat().st_size else ""

    report = release.run(failing)
    assert report.problems == ("the function x failed: KeyError",)
    assert [each.check for each in report.checks] == ["it answers", "test data is deleted"]


@pytest.fixture
def _as_in_the_command() -> Iterator[None]:
    """The command's handling of signals, for one test."""
    before = {number: signal.getsignal(number) for number in process.ENDING}
    process.interrupt_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_as_in_the_command")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_it_in_order(release: Release, number: signal.Signals) -> None:
    # Given one that deletes its data when it is ended, which takes a moment
    release.write(f"trap 'sleep 0.5; echo 1 >> {release.work}/ended; exit 1' INT\n{OK}\nsleep 60")

    def interrupt_twice() -> None:
        while not release.log.exists() or "it answers" not in release.log.read_text():
            time.sleep(0.01)
        os.kill(os.getpid(), number)
        time.sleep(0.2)
        os.kill(os.getpid(), number)  # an impatient person

    # When Baton is interrupted, Then it waits for the end, and has removed the file
    log = release.log
    log.parent.mkdir(parents=True, exist_ok=True)
    threading.Thread(target=interrupt_twice, daemon=True).start()
    with pytest.raises(Interrupted, match="interrupted while verify was at work"):
        release.run()
    assert (release.work / "ended").read_text() == "1\n"
    assert sorted(file.name for file in release.work.iterdir()) == ["ended", "sam-app"]


def test_whatever_fails_in_baton_it_does_not_stay_at_work(release: Release) -> None:
    release.write(f"trap 'echo done > {release.work}/ended; exit 1' INT\n{OK}\nsleep 60")

    def failing() -> str:
        if release.log.stat().st_size:
            raise KeyError("x")
        return ""

    with pytest.raises(KeyError):
        release.run(failing)
    assert (release.work / "ended").read_text() == "done\n"


def test_it_inherits_the_locks_and_is_noted_while_it_is_at_work(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    reading, writing = os.pipe()
    monkeypatch.setitem(process.inherited, reading, lambda name, pid: noted.append(name))
    release.write(f"test -e /proc/self/fd/{reading} && {OK}")
    try:
        assert release.run().problems == ()
    finally:
        os.close(reading)
        os.close(writing)
    assert noted == ["verify", ""]
