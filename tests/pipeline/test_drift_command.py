"""`baton drift ENV`: what it prints, and the code that says whether there is drift."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.inspect.drift import reading
from pipeline.inspect.drift.accepted import Acceptance, Judged
from pipeline.inspect.drift.findings import Finding
from pipeline.inspect.drift.reading import Drift
from pipeline.target import Target
from tests.pipeline.builders import record

STATE = Finding("state", "parameter TableName", "table", "other", ("./baton promote dev",), "plans")
CONTRACT = Finding("contract", "parameters.yaml.j2:3", "fits", "x" * 200, (), "make apply ENV=dev")
EDITED = Finding("$LATEST", "api Timeout", "3", "9", ("aws one", "aws two"))


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_HOME", str(tmp_path))
    monkeypatch.delenv("BATON_TARGET", raising=False)


def _found(
    monkeypatch: pytest.MonkeyPatch,
    *findings: Finding,
    failed_since: bool = False,
    judged: Judged | None = None,
) -> None:
    verified = record(1, "c" * 64)
    last = record(2, "d" * 64, verified=False) if failed_since else verified
    drift = Drift(verified, last, judged or Judged(list(findings), []))
    monkeypatch.setattr(reading, "read_drift", lambda *_, **__: drift)


def test_no_drift_is_said_and_ends_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _found(monkeypatch)

    assert main(["drift", "dev"]) == 0
    assert capsys.readouterr() == ("", "dev: release cccccccccccc, promotion 1: no drift\n")


def test_drift_is_a_table_with_each_remedy_once_and_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given two findings that the same command puts right
    _found(
        monkeypatch,
        STATE,
        Finding("state", "parameter Queue", "a", "b", STATE.commands, STATE.note),
    )

    # When they are told, Then the code says that there is drift
    assert main(["drift", "dev"]) == 3

    # And each has its line, and the remedy stands once
    out, talk = capsys.readouterr()
    assert [line.split() for line in out.splitlines()] == [
        ["moved", "what", "verified", "now"],
        ["state", "parameter", "TableName", "table", "other"],
        ["state", "parameter", "Queue", "a", "b"],
    ]
    assert talk.splitlines() == [
        "dev: release cccccccccccc, promotion 1: 2 differences",
        "next, state: plans",
        "  ./baton promote dev",
    ]


def test_a_broken_contract_is_said_whole_below_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _found(monkeypatch, CONTRACT)

    assert main(["drift", "dev"]) == 3
    out, talk = capsys.readouterr()
    assert "x" * 60 not in out
    assert f"next, contract: {'x' * 200}; make apply ENV=dev" in talk


def test_a_promotion_that_failed_since_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _found(monkeypatch, STATE, failed_since=True)

    main(["drift", "dev"])

    said = "the newest, promotion 2, of release dddddddddddd, is not verified: failed"
    assert said in capsys.readouterr().err


def test_machines_get_a_list_of_findings_and_the_same_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _found(monkeypatch, STATE)

    assert main(["drift", "dev", "--json"]) == 3
    out, talk = capsys.readouterr()
    (told,) = json.loads(out)
    assert told == STATE.as_json() | {"commands": ["./baton promote dev"], "accepted": None}
    assert talk == ""


@pytest.mark.parametrize("target", ["local", "aws"])
def test_commands_stand_one_a_line_and_the_local_target_is_chosen_first(
    target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a finding that two commands put right, on a target
    monkeypatch.setenv("BATON_TARGET", target)
    monkeypatch.setattr(Target, "activate", lambda _: None)
    _found(monkeypatch, EDITED)

    # When it is told, Then each stands on a line; the local profiles are another shell's matter
    main(["drift", "dev"])
    first = [] if target == "aws" else ['first: eval "$(./baton env dev)"']
    assert capsys.readouterr().err.splitlines()[1:] == [
        *first,
        "next, $LATEST:",
        "  aws one",
        "  aws two",
    ]


ACCEPTED = Acceptance.model_validate(
    {
        "environment": "dev",
        "subject": "api *",
        "owner": "platform",
        "reason": "a load test needs more of it until the end of the month",
        "until": "2026-12-01",
    }
)


def test_what_is_accepted_is_no_drift_and_says_by_whom_and_until_when(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _found(monkeypatch, judged=Judged([], [(EDITED, ACCEPTED)]))

    assert main(["drift", "dev"]) == 0
    out, talk = capsys.readouterr()
    assert out == ""
    assert "accepted by platform until 2026-12-01: api Timeout (a load test" in talk

    assert main(["drift", "dev", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["accepted"]["owner"] == "platform"


def test_acceptances_that_have_ended_or_are_not_needed_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _found(monkeypatch, judged=Judged([EDITED], [], expired=[ACCEPTED], idle=[ACCEPTED]))

    assert main(["drift", "dev"]) == 3
    talk = capsys.readouterr().err
    assert "no longer accepted, since 2026-12-01 (by platform): api *" in talk
    assert "there is no such drift: api * (by platform): take it out" in talk
