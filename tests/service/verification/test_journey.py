"""The smoke test against the real application code, served in this process over moto's table."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from moto import mock_aws

from codegen.project import load_project_file
from tests.service import tables
from tests.service.verification.deployed_application import (
    ACCESS_KEY,
    KEY,
    OUTPUTS,
    POOL,
    Application,
    UserPool,
    serving,
)
from verification import journey
from verification.journey import Deployment, Journey
from verification.report import Check
from verification.traces import Traces

ROOT = Path(__file__).resolve().parents[3]


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


class Given(dict[str, str]):
    """A stack's outputs or parameters, and which of them cannot be left out."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.needed: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.needed.add(name)
        return super().__getitem__(name)


def report_of(application: Application, *without: str, **more: str) -> list[Check]:
    return list(journey_of(application, *without, **more).run())


def journey_of(application: Application, *without: str, **more: str) -> Journey:
    session: Any = SimpleNamespace(
        client=application.client,
        region_name="us-east-1",
        get_credentials=lambda: Credentials(ACCESS_KEY, "the-secret"),
    )
    given = {"ApiUrl": f"{application.address}/v1"} | OUTPUTS | more
    outputs = {name: value for name, value in given.items() if name not in without}
    parameters = Given({"TableName": tables.TABLE})
    return Journey(Deployment(session, Given(outputs), parameters))


def failed(checks: list[Check]) -> list[str]:
    return [check.check for check in checks if not check.ok]


def test_what_works_passes_and_leaves_nothing(application: Application) -> None:
    # Given an application that works / When it is tested
    report = report_of(application)
    # Then every check is right, and no item is left
    assert [check.detail for check in report if not check.ok] == []
    assert len(report) == 7
    left = [item["sk"]["S"] for item in tables.items(application.dynamodb)]
    assert left == ["CURSOR"]  # where the sweep stopped


@pytest.mark.proves("A5")
def test_an_api_without_a_key_is_called_signed(application: Application) -> None:
    # Given a stack without an API key, whose API takes signed requests only
    application.signed_by = ACCESS_KEY
    # When it is tested / Then every check is right
    report = report_of(application, "ApiKeyId")
    assert [check.detail for check in report if not check.ok] == []


@pytest.mark.proves("A5", "X2")
def test_an_api_with_a_user_pool_is_called_by_a_user_of_its_own(application: Application) -> None:
    # Given a stack whose API takes the tokens of a user pool
    application.pool = UserPool()
    # When it is tested / Then every check is right, and the user is gone again
    report = report_of(application, "ApiKeyId", UserPoolArn=POOL)
    assert [check.detail for check in report if not check.ok] == []
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
    assert failed(report) == ["an authenticated request is answered"]
    assert "desk-test-users has no app client desk-test-api" in report[1].detail
    assert application.pool.users == {}


def test_a_caller_that_the_api_does_not_know_fails(application: Application) -> None:
    # Given an API that takes another's signature / When it is tested / Then that is what fails
    application.signed_by = "AKIDOTHER"
    report = report_of(application, "ApiKeyId")
    assert failed(report) == ["an authenticated request is answered"]
    assert report[1].detail.startswith("the API does not know its caller")


def test_an_open_api_fails(application: Application) -> None:
    # Given an API that answers without a key / When it is tested / Then that is what fails
    application.open_to_all = True
    report = report_of(application)
    assert failed(report) == ["an unauthenticated request is rejected"]
    assert report[0].detail.startswith("answered 200, not 401 or 403")


def test_a_processor_that_does_nothing_fails_and_all_is_taken_away(
    application: Application,
) -> None:
    # Given a processor that does not run / When it is tested
    application.processor_runs = False
    report = report_of(application)
    # Then that is said, twice over: the clean-up knows what may yet be counted
    assert failed(report) == ["the processor counts it", "test data is deleted"]
    assert "may yet count" in report[-1].detail
    # And nothing is left
    assert tables.items(application.dynamodb) == []


def test_a_sweep_that_fails_is_told_with_its_error(application: Application) -> None:
    # Given a scheduled function that fails / When it is tested / Then its error is in the report
    application.sweep_fails = True
    report = report_of(application)
    assert failed(report) == ["an overdue ticket is escalated"]
    assert "errorMessage" in report[-2].detail
    assert tables.items(application.dynamodb) == []


def test_an_api_that_is_not_there_is_reported(application: Application) -> None:
    # Given an address that nothing answers at / When it is tested
    application.address = "http://127.0.0.1:9"
    report = report_of(application)
    # Then the first check says so, and those that need it are not begun
    assert failed(report) == ["an unauthenticated request is rejected"]
    assert len(report) == 2


def test_a_missing_output_is_named(application: Application) -> None:
    # Given a stack without an output / When it is tested / Then the output is named
    report = report_of(application, "ApiUrl")
    assert "'ApiUrl' is missing" in report[0].detail


def test_what_is_read_is_what_a_template_is_checked_for(application: Application) -> None:
    # Given a deployment that works / When it is tested
    test = journey_of(application)
    assert failed(list(test.run())) == []
    # Then every output and parameter that was read is one that `baton check` asks for, and all were
    needs = load_project_file(ROOT).verify
    outputs, parameters = test.deployment.outputs, test.deployment.parameters
    assert isinstance(outputs, Given)
    assert isinstance(parameters, Given)
    assert outputs.needed == {*needs.outputs}
    assert parameters.needed == {*needs.parameters}


def test_a_test_that_is_ended_waits_no_longer_and_leaves_nothing(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a processor that fails, and all the patience there is
    application.processor_runs = False
    for deadline in ("STREAM_DEADLINE_S", "SETTLE_DEADLINE_S"):
        monkeypatch.setattr(journey, deadline, 3600.0)
    # When the signal comes while the test waits, and again while it deletes its data
    test = journey_of(application)
    monkeypatch.setattr(journey.time, "sleep", lambda _: test.stop())
    monkeypatch.setattr(Traces, "delete", stopping(test, Traces.delete))
    report = list(test.run())
    # Then the check at work has failed, and nothing is left
    assert failed(report) == ["the processor counts it", "test data is deleted"]
    assert report[-2].detail == "the test was ended"
    assert tables.items(application.dynamodb) == []


def stopping(test: Journey, of: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        test.stop()
        return of(*arguments)

    return call


def test_a_signal_between_two_checks_ends_the_test_after_the_first(
    application: Application,
) -> None:
    test = journey_of(application)
    checks = []
    for check in test.run():
        checks.append(check.check)
        test.stop()
    assert checks == ["an unauthenticated request is rejected", "test data is deleted"]


def test_the_key_is_in_no_report(application: Application) -> None:
    # Given reports of success and of failure / When they are read / Then none holds the key
    assert KEY not in repr(report_of(application))
    application.processor_runs = False
    assert KEY not in repr(report_of(application))
