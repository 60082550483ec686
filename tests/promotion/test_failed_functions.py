"""Where a function fails, its log is shown to whoever is at work, and kept in no record."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.errors import BatonError
from pipeline.__main__ import main
from pipeline.deployed.logs import FailedInvocation, LogGroup
from pipeline.promotion.steps.verify import VerificationError
from tests.promotion.stage import Stage

GROUP = LogGroup("desk-dev-api", "/aws/lambda/desk-dev-api", "3", is_json=False)
LINES = ("KeyError: 'x'", "Traceback (most recent call last):", "  title = 'of a customer'")


@pytest.fixture
def failing(stage: Stage) -> Stage:
    """A release that works, and one whose smoke test fails, because a function does."""
    stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.broken = {"B"}
    stage.cloud.logs.failure = FailedInvocation(GROUP, LINES)
    return stage


def test_the_function_is_named_with_the_cause_and_a_command(failing: Stage) -> None:
    with pytest.raises(VerificationError) as raised:
        failing.promote()

    assert "the function desk-dev-api failed: KeyError: 'x'" in raised.value.message
    assert raised.value.detail == "\n".join(LINES)
    assert raised.value.remedy.splitlines()[0] == "aws logs filter-log-events"
    assert "logs tail" not in raised.value.remedy


@pytest.mark.usefixtures("on_stage")
def test_the_lines_are_shown_on_the_terminal_and_kept_nowhere(
    failing: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    # When the release is promoted
    assert main(["promote", "dev"]) == 1

    # Then the log is shown below the message
    told = capsys.readouterr().err
    assert "    | Traceback (most recent call last):\n    |   title = 'of a customer'\n" in told

    # And what may be a customer's is in no record
    assert "of a customer" not in failing.records()[-1].to_bytes().decode()
    assert "the function desk-dev-api failed" in failing.records()[-1].failure


def test_logs_that_cannot_be_read_are_said_and_end_nothing(failing: Stage) -> None:
    # Given a caller who may not read the logs
    def refused(after_s: float) -> Any:
        raise BatonError("dev: could not read the log /aws/lambda/desk-dev-api: AccessDenied")

    failing.cloud.logs.failed = refused

    # When the release is promoted, Then the smoke test's own words are there, and why no more is
    with pytest.raises(VerificationError, match="it is answered: 500") as raised:
        failing.promote()
    assert "whether a function has failed is not known: dev: could not" in raised.value.message
    assert raised.value.detail == ""
