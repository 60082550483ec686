"""The contract of `verify`: what it is given, and what it may print."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from tests.pipeline.verification.unpacked import DEV, FAILED, OK, Release

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
