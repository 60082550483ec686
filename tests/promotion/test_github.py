"""What the workflows tell people: one comment, one issue an environment, a summary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.github import comment, credentials, drift_issue, summary
from pipeline.github.comment import LONGEST, MARKER, compose, fitting
from tests.pipeline.builders import environment, record
from tests.promotion.fake_github import REPOSITORY, GitHub, served


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    with served(GitHub()) as there:
        monkeypatch.setenv("GITHUB_TOKEN", "a token")
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("GITHUB_API_URL", there.address)
        yield there


@pytest.fixture
def plans(tmp_path: Path) -> list[str]:
    (tmp_path / "dev.md").write_text("#### dev: 1 to create\n")
    return [f"dev={tmp_path / 'dev.md'}", f"prod={tmp_path / 'none.md'}"]


# the comment -----------------------------------------------------------------------------------


@pytest.mark.proves("P2")
def test_every_environment_is_in_one_comment_also_one_without_a_plan(
    github: GitHub, plans: list[str]
) -> None:
    assert comment.main(["--pull", "12", "--commit", "c" * 40, *plans]) == 0

    (written,) = github.comments
    assert written["body"].startswith(f"{MARKER}\n### What this would change")
    assert "`cccccccccccc`" in written["body"]
    assert written["body"].index("#### dev: 1 to create") < written["body"].index("#### prod")
    assert "No plan was made" in written["body"]


@pytest.mark.proves("P2")
def test_the_next_run_changes_that_comment_and_no_other(github: GitHub, plans: list[str]) -> None:
    # Given somebody who has written a comment that looks like ours, and one that quotes it
    github.comments = [
        github.comment(f"{MARKER}\nforged", by="mallory"),
        github.comment(f"> {MARKER}"),
    ]

    for commit in ("1" * 40, "2" * 40):
        assert comment.main(["--pull", "12", "--commit", commit, *plans]) == 0

    assert [each["body"][:60] for each in github.comments[:2]] == [
        f"{MARKER}\nforged",
        f"> {MARKER}",
    ]
    (ours,) = github.comments[2:]
    assert "`222222222222`" in ours["body"]


def test_what_github_refuses_is_said_with_what_to_look_at(
    github: GitHub, plans: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    github.refuses = 403

    assert comment.main(["--pull", "12", "--commit", "c" * 40, *plans]) == 1

    said = capsys.readouterr().err
    assert "Resource not accessible by integration" in said
    assert "permissions" in said
    assert "Traceback" not in said


def test_without_a_token_nothing_is_tried(
    plans: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)

    assert comment.main(["--pull", "12", "--commit", "c", *plans]) == 2
    assert "GITHUB_TOKEN is not set" in capsys.readouterr().err


def test_it_can_be_looked_at_without_github(
    plans: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert comment.main(["--print", "--commit", "c" * 40, *plans]) == 0
    assert "#### dev: 1 to create" in capsys.readouterr().out


@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=5))
def test_a_comment_is_never_longer_than_github_takes(lengths: list[int]) -> None:
    plans: dict[str, str | None] = {
        f"e{i}": "0123456789\n" * (n // 11) for i, n in enumerate(lengths)
    }

    text = compose(plans, "c" * 40, "https://github.example/run")

    assert len(MARKER) + 1 + len(text) <= LONGEST


def test_a_long_section_costs_a_short_one_nothing_and_says_that_it_was_cut() -> None:
    long = "<details>\n" + "a line of a plan\n" * 1000 + "</details>\n"

    short, cut = fitting(["all of it\n", long], 2000)

    assert short == "all of it\n"
    assert len(cut) <= 2000
    assert cut.count("<details>") == cut.count("</details>")
    assert "left out" in cut


# the issue of an environment that has drifted --------------------------------------------------


def _finding(**more: Any) -> dict[str, Any]:
    finding = {"kind": "stack", "subject": "parameter TableName", "expected": "a", "actual": "b"}
    return {
        **finding,
        "commands": ["./baton promote prod"],
        "note": "put it back",
        "accepted": None,
        **more,
    }


def _findings(tmp_path: Path, *findings: dict[str, Any]) -> str:
    file = tmp_path / "drift.json"
    file.write_text(json.dumps(findings))
    return str(file)


def test_drift_opens_one_issue_that_the_next_runs_change_and_close(
    github: GitHub, tmp_path: Path
) -> None:
    for subject in ("one", "another"):
        found = _findings(tmp_path, _finding(subject=subject))
        assert drift_issue.main(["prod", found, "--run", "https://run.example"]) == 0
    (issue,) = github.issues
    assert issue["title"] == "prod has drifted"
    assert "`another`" in issue["body"]
    assert "`one`" not in issue["body"]
    assert issue["labels"] == ["drift"]

    assert drift_issue.main(["prod", _findings(tmp_path)]) == 0
    assert issue["state"] == "closed"


def test_the_issue_of_another_environment_is_left_alone(github: GitHub, tmp_path: Path) -> None:
    drift_issue.main(["staging", _findings(tmp_path, _finding())])

    drift_issue.main(["prod", _findings(tmp_path)])

    assert [issue["state"] for issue in github.issues] == ["open"]


def test_where_nothing_has_drifted_no_issue_is_opened(github: GitHub, tmp_path: Path) -> None:
    assert drift_issue.main(["prod", _findings(tmp_path)]) == 0

    assert github.issues == []
    assert not [each for each in github.requests if not each.startswith("GET")]


def test_values_cannot_write_markdown_of_their_own() -> None:
    hostile = "`x` | @everyone\n</table><img src=x>"

    text = drift_issue.compose("prod", [_finding(actual=hostile, note=hostile)], "")

    row = next(line for line in text.splitlines() if "TableName" in line)
    assert row.replace("\\|", "").count("|") == 5
    assert "`'x' \\| @everyone </table><img src=x>`" in row


def test_more_findings_than_a_person_reads_are_counted() -> None:
    text = drift_issue.compose("prod", [_finding(subject=str(n)) for n in range(150)], "")

    assert "and 50 more" in text
    assert len(text) < LONGEST


@pytest.mark.parametrize("content", ["", "{}", "no JSON"])
def test_what_is_no_list_of_findings_is_refused(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "drift.json").write_text(content)

    assert drift_issue.main(["prod", str(tmp_path / "drift.json")]) == 2
    assert "drift" in capsys.readouterr().err


# credentials and summary -----------------------------------------------------------------------


def test_a_job_learns_its_role_and_no_secret_is_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_ENV"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the secret")

    assert credentials.main(["prod", "deploy"]) == 0

    assert (tmp_path / "GITHUB_OUTPUT").read_text() == (
        "role=arn:aws:iam::333333333333:role/desk-prod-deploy\nregion=us-east-1\n"
    )
    assert (tmp_path / "GITHUB_ENV").read_text() == f"AWS_CONFIG_FILE={tmp_path / 'aws-prod'}\n"
    assert "the secret" not in "".join(f.read_text() for f in tmp_path.iterdir())


@pytest.mark.parametrize("name", ["desk-prod", "333333333333:Admin", "Acme Corp/Deploy"])
def test_the_profile_gives_what_the_job_has(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    # Given a checkout in a folder with a space, and a profile of any name
    checkout = tmp_path / "my work"
    checkout.symlink_to(Path(__file__).parents[2])
    config = tmp_path / "config"
    config.write_text(credentials.profile(environment("prod", aws_profile=name), checkout))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for variable, value in (
        ("ACCESS_KEY_ID", "key"),
        ("SECRET_ACCESS_KEY", "s"),
        ("SESSION_TOKEN", "t"),
    ):
        monkeypatch.setenv(f"AWS_{variable}", value)

    found = boto3.Session(profile_name=name).get_credentials()

    assert found is not None
    assert found.get_frozen_credentials()[:3] == ("key", "s", "t")
    assert found.method == "custom-process"


def test_outside_a_job_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RUNNER_TEMP", raising=False)

    assert credentials.main(["prod", "plan"]) == 2
    assert "RUNNER_TEMP is not set" in capsys.readouterr().err


def test_a_summary_says_what_happened_and_what_was_put_back() -> None:
    steps = [{"name": "verify", "outcome": "failed", "seconds": 3.1, "detail": "the smoke | test"}]
    failed = record(7, "b" * 64, verified=False, fell_back_to="a" * 64, steps=steps)

    text = summary.compose(failed)

    assert "promotion 7 of dev: fell back" in text
    assert "Rolled back to release `aaaaaaaaaaaa`." in text
    assert "| `verify` | ❌ | 3.1 | `the smoke \\| test` |" in text


def test_a_run_that_was_refused_does_not_show_what_another_has_recorded() -> None:
    # Given a record of a run before
    before, own = "https://github.example/o/r/actions/runs/1", "https://github.example/2"
    records = [record(7, "b" * 64, run=before)]

    # When another run asks, which has recorded nothing, Then that is said
    assert summary.told(records, "dev", own) == (
        "dev: this run has recorded nothing; its log says why\n"
    )
    # And the run itself, and a person, are shown it
    for run in (before, ""):
        assert "promotion 7 of dev: verified" in summary.told(records, "dev", run)
    assert summary.told([], "dev", own) == "dev: nothing was promoted yet\n"
