"""The smoke test against the real application code, served in this process over moto's table."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from moto import mock_aws

from pipeline.smoke import journey
from pipeline.smoke.journey import Deployment, run
from pipeline.smoke.needs import NEEDS
from pipeline.smoke.report import SmokeReport
from tests.pipeline.deployed_application import (
    ACCESS_KEY,
    KEY,
    OUTPUTS,
    POOL,
    Application,
    UserPool,
    serving,
)
from tests.service import tables


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    for deadline in (
        "STREAM_DEADLINE_S",
        "SWEEP_DEADLINE_S",
        "SETTLE_DEADLINE_S",
        "CALLER_DEADLINE_S",
        "POLL_S",
    ):
        monkeypatch.setattr(journey, deadline, 0.0)
    with mock_aws():
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        client = boto3.Session(region_name="us-east-1", **keys).client("dynamodb")
        tables.create(client)
        tables.create_idempotency(client)
        made = Application(client)
        with serving(made) as server:
            made.address = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield made
            server.shutdown()
            thread.join()


class Outputs(dict[str, str]):
    """A stack's outputs, and which of them cannot be left out."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.needed: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.needed.add(name)
        return super().__getitem__(name)


def report_of(
    application: Application, *without: str, failing: Callable[[], str] = lambda: "", **more: str
) -> SmokeReport:
    return run(deployment_of(application, *without, failing=failing, **more))


def deployment_of(
    application: Application, *without: str, failing: Callable[[], str] = lambda: "", **more: str
) -> Deployment:
    session: Any = SimpleNamespace(
        client=application.client,
        region_name="us-east-1",
        get_credentials=lambda: Credentials(ACCESS_KEY, "the-secret"),
    )
    outputs = {name: value for name, value in OUTPUTS.items() if name not in without}
    return Deployment(session, Outputs(outputs | more), tables.TABLE, failing)


def failed(report: SmokeReport) -> list[str]:
    return [check.name for check in report.checks if not check.ok]


def test_what_works_passes_and_leaves_nothing(application: Application) -> None:
    # Given an application that works / When it is tested
    report = report_of(application)
    # Then every check is right, and no item is left
    assert [check.detail for check in report.checks if not check.ok] == []
    assert report.ok
    assert len(report.checks) == 7
    left = [item["sk"]["S"] for item in tables.items(application.dynamodb)]
    assert left == ["CURSOR"]  # where the sweep stopped


@pytest.mark.proves("A5")
def test_an_api_without_a_key_is_called_signed(application: Application) -> None:
    # Given a stack without an API key, whose API takes signed requests only
    application.signed_by = ACCESS_KEY
    # When it is tested / Then every check is right
    report = report_of(application, "ApiKeyId")
    assert [check.detail for check in report.checks if not check.ok] == []


@pytest.mark.proves("A5", "X2")
def test_an_api_with_a_user_pool_is_called_by_a_user_of_its_own(application: Application) -> None:
    # Given a stack whose API takes the tokens of a user pool
    application.pool = UserPool()
    # When it is tested / Then every check is right, and the user is gone again
    report = report_of(application, "ApiKeyId", UserPoolArn=POOL)
    assert [check.detail for check in report.checks if not check.ok] == []
    assert application.pool.tokens
    assert application.pool.users == {}


def test_a_pool_without_the_stacks_app_client_fails_and_keeps_no_user(
    application: Application,
) -> None:
    # Given a pool whose only app clients are somebody else's / When it is tested
    application.pool = UserPool()
    del application.pool.clients["desk-test-api"]
    report = report_of(application, "ApiKeyId", UserPoolArn=POOL)
    # Then that is said, and the user is gone again
    assert failed(report) == ["a known caller is answered"]
    assert "desk-test-users has no app client desk-test-api" in report.checks[1].detail
    assert application.pool.users == {}


def test_a_caller_that_the_api_does_not_know_fails(application: Application) -> None:
    # Given an API that takes another's signature / When it is tested / Then that is what fails
    application.signed_by = "AKIDOTHER"
    report = report_of(application, "ApiKeyId")
    assert failed(report) == ["a known caller is answered"]
    assert report.checks[1].detail.startswith("the API does not know its caller")


def test_an_open_api_fails(application: Application) -> None:
    # Given an API that answers without a key / When it is tested / Then that is what fails
    application.open_to_all = True
    report = report_of(application)
    assert failed(report) == ["a stranger is refused"]
    assert report.checks[0].detail.startswith("answered 200, not 401 or 403")


def test_a_processor_that_does_nothing_fails_and_all_is_taken_away(
    application: Application,
) -> None:
    # Given a processor that does not run / When it is tested
    application.processor_runs = False
    report = report_of(application)
    # Then that is said, twice over: the clean-up knows what may yet be counted
    assert failed(report) == ["the processor counts it", "everything is taken away again"]
    assert "may yet count" in report.checks[-1].detail
    # And nothing is left
    assert tables.items(application.dynamodb) == []


def test_a_sweep_that_fails_is_told_with_its_error(application: Application) -> None:
    # Given a scheduled function that fails / When it is tested / Then its error is in the report
    application.sweep_fails = True
    report = report_of(application)
    assert failed(report) == ["an overdue ticket is escalated"]
    assert "errorMessage" in report.checks[-2].detail
    assert tables.items(application.dynamodb) == []


def test_an_api_that_is_not_there_is_reported(application: Application) -> None:
    # Given an address that nothing answers at / When it is tested
    application.address = "http://127.0.0.1:9"
    report = report_of(application)
    # Then the first check says so, and those that need it are not begun
    assert failed(report) == ["a stranger is refused"]
    assert len(report.checks) == 2


def test_a_missing_output_is_named(application: Application) -> None:
    # Given a stack without an output / When it is tested / Then the output is named
    report = report_of(application, "ApiStage")
    assert "'ApiStage' is missing" in report.checks[0].detail


def test_the_outputs_that_are_read_are_those_that_a_template_is_checked_for(
    application: Application,
) -> None:
    # Given a deployment that works / When it is tested
    deployment = deployment_of(application)
    assert run(deployment).ok
    # Then every output that was read is one that `baton check` asks for, and all of those were
    assert isinstance(deployment.outputs, Outputs)
    assert deployment.outputs.needed == {*NEEDS.outputs}


def test_a_function_that_fails_ends_the_wait_at_once(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a processor that fails, and all the patience there is
    application.processor_runs = False
    for deadline in ("STREAM_DEADLINE_S", "SETTLE_DEADLINE_S"):
        monkeypatch.setattr(journey, deadline, 3600.0)
    # When it is tested / Then the failure is what the wait ends with, and nothing is left
    report = report_of(application, failing=lambda: "the function processor failed: KeyError")
    assert failed(report) == ["the processor counts it", "everything is taken away again"]
    assert report.checks[-2].detail == "the function processor failed: KeyError"
    assert tables.items(application.dynamodb) == []


def test_the_key_is_in_no_report(application: Application) -> None:
    # Given reports of success and of failure / When they are read / Then none holds the key
    assert KEY not in repr(report_of(application))
    application.processor_runs = False
    assert KEY not in repr(report_of(application))
