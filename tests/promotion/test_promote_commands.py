"""`baton promote` and `baton rollback`: what is on stdout, and the exit code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.__main__ import main
from tests.promotion.stage import Stage

pytestmark = pytest.mark.usefixtures("on_stage")


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_the_record_is_all_that_is_printed(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    release = stage.build("A")

    assert main(["promote", "dev", "--json"]) == 0
    record = printed(capsys)

    assert (record["release"], record["verified"], record["at_once"]) == (release, True, False)


def test_a_dry_run_prints_the_steps_and_leaves_no_record(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.build("A")

    assert main(["promote", "dev", "--dry-run", "--json"]) == 0
    done = printed(capsys)

    assert done["dry_run"] is True
    assert done["steps"][-1]["detail"] == "would record promotion 1 of dev"
    assert stage.records() == []


def test_a_rollback_prints_its_record_or_what_it_would_do(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    a = stage.build("A")
    stage.promote()
    b = stage.build("B")
    stage.promote()

    assert main(["rollback", "dev", "--dry-run", "--json"]) == 0
    assert (printed(capsys)["kind"], stage.cloud.running()) == ("rollback", "B")

    assert main(["rollback", "dev", a[:8], "--json"]) == 0
    record = printed(capsys)
    assert (record["kind"], record["release"], record["withdraws"]) == ("rollback", a, b)


def test_a_failure_says_on_stderr_what_runs_now(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.broken = {"B"}

    assert main(["promote", "dev"]) == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert "baton: the smoke test of dev failed" in told.err
    assert "runs in dev again and is verified" in told.err


@pytest.mark.parametrize("command", [["promote", "dev", "f" * 12], ["rollback", "dev"]])
def test_what_is_not_eligible_ends_with_5(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 5
    assert main([*command, "--dry-run"]) == 5
    assert "next: ./baton" in capsys.readouterr().err


def test_another_plan_than_the_one_that_was_approved_is_refused(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.build("A")

    assert main(["promote", "dev", "--expect-plan", "0" * 64]) == 4

    assert "which was approved" in capsys.readouterr().err
    assert stage.cloud.deployed == []
