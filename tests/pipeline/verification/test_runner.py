"""The contract of `verify`: what it is given, what it may print, and how it may end."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codegen.errors import Interrupted
from pipeline.adapters import process
from pipeline.adapters.sam import Stack
from pipeline.adapters.streaming import NotStartedError
from pipeline.checkout import Checkout
from pipeline.target import Target
from pipeline.verification import runner
from pipeline.verification.checks import Report
from pipeline.verification.runner import Deployment, run_verify
from tests.codegen.builders import environment, write_executable

DEV = environment("dev")
OK = """echo '{"check": "it answers", "ok": true, "seconds": 0.5, "detail": "200"}'"""
FAILED = """echo '{"check": "it answers", "ok": false, "detail": "500"}'"""

DELETED = """echo '{"check": "test data is deleted", "ok": true}'"""


class Release:
    """An unpacked release with a `verify`, and what was said of it."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.said: list[str] = []
        target = Target("aws", Checkout(folder / "checkout", folder / "home"))
        stack = Stack("UPDATE_COMPLETE", {"ApiUrl": "https://api"}, {})
        self.deployment = Deployment(target, DEV, stack, {"TableName": "table"})
        self.log = target.checkout.log("work", "verify")

    def write(self, text: str, shebang: str = "#!/usr/bin/env bash\n") -> None:
        write_executable(self.work / "sam-app/verify", shebang + text)

    def run(self, failing: Callable[[], str] = lambda: "") -> Report:
        return run_verify(self.work, self.deployment, self.said.append, failing)

    def problems(self, text: str) -> tuple[str, ...]:
        self.write(text)
        return self.run().problems


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(tmp_path)


# what it is given


def test_it_is_given_the_deployment_in_a_private_file(release: Release) -> None:
    release.write(
        "import json, os, pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "print(path.read_text().replace('\\n', ''), file=sys.stderr)\n"
        "print(oct(path.stat().st_mode), path, os.getcwd(), len(sys.argv), file=sys.stderr)\n"
        'print(json.dumps({"check": "a", "ok": True}))\n',
        "#!/usr/bin/env python3\n",
    )

    assert release.run().problems == ()

    given, facts = (line.removeprefix("verify: ") for line in release.said)
    assert json.loads(given) == {
        "environment": "dev",
        "stack": DEV.stack_name,
        "account_id": DEV.account_id,
        "region": DEV.region,
        "target": "aws",
        "outputs": {"ApiUrl": "https://api"},
        "parameters": {"TableName": "table"},
    }
    mode, path, folder, count = facts.split()
    assert stat.S_IMODE(int(mode, 8)) == 0o600
    assert (folder, count) == (str(release.work / "sam-app"), "2")
    # and it is removed afterwards
    assert not Path(path).exists()
    assert [file.name for file in release.work.iterdir()] == ["sam-app"]


def test_its_environment_leads_to_the_stacks_account_and_to_a_python_with_boto3(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a shell that leads elsewhere, and to the checkout's own modules
    for name in ("AWS_PROFILE", "AWS_REGION", "PYTHONPATH"):
        monkeypatch.setenv(name, "elsewhere")
    release.write(
        "import boto3, json, os, sys\n"
        "names = ('AWS_PROFILE', 'AWS_REGION', 'PYTHONPATH', 'PATH')\n"
        "print(json.dumps([os.environ.get(name) for name in names]), file=sys.stderr)\n"
        'print(json.dumps({"check": "a", "ok": True}))\n',
        "#!/usr/bin/env python3\n",
    )

    assert release.run().problems == ()

    profile, region, modules, path = json.loads(release.said[0].removeprefix("verify: "))
    assert (profile, region, modules) == (DEV.aws_profile, DEV.region, None)
    assert path.split(os.pathsep)[0] == str(Path(sys.executable).parent)


# what it prints


def test_checks_that_are_all_ok_verify(release: Release) -> None:
    release.write(f"{OK}\n\n{OK}")
    report = release.run()
    assert report.problems == ()
    assert [(each.check, each.seconds, each.detail) for each in report.checks] == [
        ("it answers", 0.5, "200")
    ] * 2


def test_talk_is_shown_and_everything_is_logged(release: Release) -> None:
    release.write(f"echo 'talk \x1b[31mred' >&2\n{OK}")
    assert release.run().problems == ()
    assert release.said == ["verify: talk \x1b[31mred"]  # the console cleans it
    assert "it answers" in release.log.read_text()
    assert "talk" in release.log.read_text()


@pytest.mark.parametrize("code", [0, 1])
def test_a_check_that_is_not_ok_fails_whatever_the_exit_code(release: Release, code: int) -> None:
    assert release.problems(f"{OK}\n{FAILED}\nexit {code}") == ("it answers: 500",)


def test_an_exit_code_fails_though_every_check_is_ok(release: Release) -> None:
    problems = release.problems(f"{OK}\nexit 3")
    assert problems == ("it ended with exit code 3, and no check had failed",)


@pytest.mark.parametrize("text", ["", "echo"])
def test_nothing_printed_is_nothing_verified(release: Release, text: str) -> None:
    assert release.problems(f"{text}\nexit 0") == ("it printed no check",)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("all is well", "Invalid JSON"),
        ("[]", "Input should be an object"),
        ('{"check": "a"}', "ok: Field required"),
        ('{"check": "a", "ok": "yes"}', "ok: Input should be a valid boolean"),
        ('{"check": "a", "ok": true, "passed": true}', "passed: Extra inputs"),
        ('{"check": "", "ok": true}', "check: String should have at least 1"),
        ('{"check": "a", "ok": true, "seconds": -1}', "seconds: Input should be greater"),
    ],
)
def test_a_line_that_is_no_check_fails_and_is_quoted(release: Release, line: str, why: str) -> None:
    (problem,) = release.problems(f"{OK}\necho '{line}'")
    assert problem.startswith(f"printed a line that is no check ({why}")
    assert problem.endswith(f": {line}")


def test_many_lines_that_are_no_check_are_counted(release: Release) -> None:
    problems = release.problems("for i in $(seq 10); do echo $i; done")
    assert len(problems) == 4
    assert problems[-1] == "and 7 more lines that are no check"


def test_a_line_without_end_is_no_check_and_is_quoted_in_short(release: Release) -> None:
    problems = release.problems("head -c 5000000 /dev/zero")
    assert problems[-1].startswith("and ")
    assert all(len(problem) < 400 for problem in problems)


def test_control_characters_reach_neither_terminal_nor_record(release: Release) -> None:
    release.write(
        r"""printf '{"check": "a\\u001b[2J", "ok": false, '
printf '"detail": "b\\u0007\\u001b]0;c\\u0007\\nd"}\n'
printf '\033[2Jgarbage\n'"""
    )
    report = release.run()
    assert (report.checks[0].check, report.checks[0].detail) == ("a", "b� d")
    assert all(problem.isprintable() for problem in report.problems)


# how it ends


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
