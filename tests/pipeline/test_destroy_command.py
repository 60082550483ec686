"""`baton destroy`: what the options make of the run that it starts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.destruction import runner
from pipeline.destruction.destruction import Destruction, Options
from pipeline.runs.step_runner import StepRecord

DONE = StepRecord(name="survey", outcome="done", seconds=0.1, detail="nothing")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Destruction]:
    """The runs that were started at a terminal; none destroys anything."""
    started: list[Destruction] = []

    def destroy(run: Destruction, _: object) -> bool:
        started.append(run)
        run.steps.append(DONE)
        return True

    monkeypatch.setattr(runner, "destroy", destroy)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("BATON_HOME", str(tmp_path))
    for name in ("BATON_TARGET", "BATON_LOCAL_PORT"):
        monkeypatch.delenv(name, raising=False)
    return started


@pytest.mark.parametrize(
    ("arguments", "options", "asks"),
    [
        ([], Options(), True),
        (["--confirm", "desk-dev"], Options("desk-dev"), True),
        (["--keep-state"], Options(None, keep_state=True), True),
        (["--json", "--confirm", "x", "--keep-state"], Options("x", keep_state=True), False),
    ],
)
def test_options_reach_the_run(
    runs: list[Destruction], arguments: list[str], options: Options, asks: bool
) -> None:
    assert main(["destroy", "dev", *arguments]) == 0

    assert [run.options for run in runs] == [options]
    assert (runs[0].ask is not None) is asks
    assert runs[0].environment.name == "dev"


def test_without_a_terminal_nobody_is_asked(
    runs: list[Destruction], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    assert main(["destroy", "dev"]) == 0

    assert runs[0].ask is None


def test_json_is_all_that_is_printed(
    runs: list[Destruction], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["destroy", "dev", "--json", "--confirm", "desk-dev"]) == 0

    printed = capsys.readouterr()
    assert json.loads(printed.out) == {
        "environment": "dev",
        "destroyed": True,
        "steps": [DONE.model_dump()],
    }
    assert printed.err == ""


def test_json_without_the_name_is_wrong_usage_at_once(
    runs: list[Destruction], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["destroy", "dev", "--json", "--keep-state"]) == 2

    assert runs == []
    told = capsys.readouterr().err
    assert "next: ./baton destroy dev --keep-state --confirm desk-dev --json" in told
