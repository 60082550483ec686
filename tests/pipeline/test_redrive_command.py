"""`baton redrive`: what can be asked for, what it prints, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.redrive import runner
from pipeline.redrive.entries import Entry, NotTakenError, Result
from pipeline.redrive.messages import of_stream
from pipeline.redrive.redriving import Waiting
from pipeline.redrive.runner import Redrive
from tests.pipeline.redriving import NOW, message, on_failure

ROOT = Path(__file__).resolve().parents[2]
ENTRY = of_stream(message(on_failure()), NOW)
STRANGE = of_stream(message({"who": "knows"}), NOW)
DONE, FAILED = Result("a", "stream", "done", "1 taken"), Result("b", "stream", "failed", "no")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_HOME", str(tmp_path))
    for name in ("BATON_TARGET", "BATON_LOCAL_PORT"):
        monkeypatch.delenv(name, raising=False)


def waits(monkeypatch: pytest.MonkeyPatch, *entries: Entry, others: int = 0) -> None:
    monkeypatch.setattr(runner, "look", lambda _: Waiting(list(entries), others, {}))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Redrive]:
    """The runs that would have worked; `DONE` is what each comes to."""
    started: list[Redrive] = []

    def work(run: Redrive, _: object) -> list[Result]:
        started.append(run)
        return [DONE]

    monkeypatch.setattr(runner, "work", work)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    return started


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay", "dev"], "replay needs ids, or --all"),
        (["replay", "dev", "--all", "abc"], "replay needs ids or --all, not both"),
        (["show", "dev"], "Missing argument 'ID'"),
        (["show", "dev", "abc", "def"], "unexpected extra argument (def)"),
        (["show", "dev", "abc", "--dry-run"], "No such option '--dry-run'"),
        (["discard", "dev"], "Missing argument 'ID...'"),
        (["discard", "dev", "--all"], "No such option '--all'"),
        (["dev"], "No such command 'dev'"),
        (["list", "dev", "--since", "91"], "91 is not in the range"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage_at_once(
    arguments: list[str], said: str, runs: list[Redrive], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["redrive", *arguments]) == 2

    assert runs == []
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_the_process_itself_ends_with_the_code() -> None:
    done = subprocess.run(
        [ROOT / "baton", "redrive", "replay", "dev"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "  next: ./baton redrive list dev"


def test_nothing_that_waits_ends_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits(monkeypatch)

    assert main(["redrive", "list", "dev"]) == 0
    assert capsys.readouterr() == ("", "dev: nothing to redrive\n")


def test_what_waits_is_a_table_and_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits(monkeypatch, ENTRY)

    assert main(["redrive", "list", "dev"]) == 3
    out, talk = capsys.readouterr()
    assert [line.split() for line in out.splitlines()] == [
        ["id", "source", "since", "records", "reason"],
        [word for column in ENTRY.as_row() for word in column.split()],
    ]
    assert talk.splitlines() == [
        "dev: 1 entry to redrive",
        "next: ./baton redrive replay dev --all --dry-run",
    ]


def test_what_somebody_else_holds_waits_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits(monkeypatch, others=2)

    assert main(["redrive", "list", "dev"]) == 3
    assert "about 2 more are held by another redrive" in capsys.readouterr().err


def test_machines_get_a_list_of_entries_and_the_same_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits(monkeypatch, ENTRY)

    assert main(["redrive", "list", "dev", "--json"]) == 3
    out, talk = capsys.readouterr()
    assert json.loads(out) == [
        {
            "id": "0a1b2c3d-0000",
            "source": "stream",
            "since": "2026-03-02T12:00:00+00:00",
            "records": 2,
            "reason": "RetryAttemptsExhausted after 9 invocations",
        }
    ]
    assert talk == ""


def test_one_entry_is_printed_whole_with_a_warning_beside_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "show", lambda run: {"ids": run.request.ids})

    assert main(["redrive", "show", "dev", "abc"]) == 0
    out, talk = capsys.readouterr()
    assert json.loads(out) == {"ids": ["abc"]}
    assert "with what customers wrote" in talk


def test_an_entry_whose_record_is_gone_can_only_be_discarded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def show(_: Redrive) -> Any:
        raise NotTakenError("s3://b/o is not there any more")

    monkeypatch.setattr(runner, "show", show)

    assert main(["redrive", "show", "dev", "abcdef"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "baton: s3://b/o is not there any more",
        "  next: ./baton redrive discard dev abcdef",
    ]


def test_options_reach_the_run(runs: list[Redrive]) -> None:
    assert main(["redrive", "replay", "dev", "abc", "def", "--since", "3", "--yes"]) == 0

    (run,) = runs
    assert (run.request.action, run.request.ids, run.days) == ("replay", ("abc", "def"), 3)
    assert (run.request.approved, run.request.dry_run) == (True, False)
    assert run.ask is not None


def test_nobody_is_asked_where_machines_read(
    runs: list[Redrive], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["redrive", "replay", "dev", "--all", "--json"]) == 0

    assert runs[0].ask is None
    printed = capsys.readouterr()
    assert json.loads(printed.out) == [
        {"id": "a", "source": "stream", "outcome": "done", "detail": "1 taken"}
    ]
    assert printed.err == ""


@pytest.mark.parametrize(
    ("results", "dry_run", "code"),
    [
        ([], False, 0),
        ([], True, 0),
        ([DONE], False, 0),
        ([DONE], True, 3),
        ([DONE, FAILED], False, 1),
        ([DONE, FAILED], True, 1),
    ],
)
def test_the_code_says_what_became_of_it(
    results: list[Result], dry_run: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "work", lambda *_: results)

    arguments = ["redrive", "replay", "dev", "--all", *(["--dry-run"] if dry_run else [])]
    assert main(arguments) == code


def test_what_nobody_would_take_is_not_suggested_to_be_replayed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits(monkeypatch, STRANGE)

    assert main(["redrive", "list", "dev"]) == 3
    assert f"next: ./baton redrive show dev {STRANGE.id}" in capsys.readouterr().err
