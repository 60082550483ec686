"""What the functions share where they run: time-outs, tries, AWS's errors, and traces."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
import yaml
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    ReadTimeoutError,
)

from desk.adapters.webhook import Limits
from desk.jobs.scheduled import SPARE_MS
from desk.runtime import clients
from desk.runtime.aws_errors import PASSING, code_of, may_pass
from desk.runtime.retries import Retries
from tests.service.adapters.wire import Wire, refusal
from tests.service.engines import ROOT

ENDPOINT = "https://dynamodb.test/"
TRACED = """
from aws_lambda_powertools import Metrics
from desk.runtime import observability
from desk.runtime.settings import Settings

settings = Settings(environment="dev", table_name="t", tracing="Active")
metrics = Metrics(namespace="Test", service="test")
serve = observability.instrumented("test", settings, metrics, lambda event, context: event)
serve({"title": "written by a customer"}, None)
"""


def refused(code: str, status: int | None = None) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "may hold anything"}}
    if status:
        answer["ResponseMetadata"] = {"HTTPStatusCode": status}
    return ClientError(answer, "GetItem")


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        *[(refused(code), True) for code in sorted(PASSING)],
        (refused("502", status=502), True),
        (refused("AccessDeniedException", status=400), False),
        (refused("ValidationException"), False),
        (ConnectTimeoutError(endpoint_url=ENDPOINT), True),
        (ReadTimeoutError(endpoint_url=ENDPOINT), True),
        (NoCredentialsError(), False),
        (ValueError("ours"), False),
    ],
    ids=repr,
)
def test_what_may_pass_is_what_is_no_fault_of_the_request(error: Exception, passes: bool) -> None:
    # Given what a call can fail with / When it is looked at / Then only AWS's own troubles may pass
    assert may_pass(error) == passes


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused("SlowDown"), "SlowDown"),
        (ClientError({}, "GetItem"), "Unknown"),
        (ReadTimeoutError(endpoint_url=ENDPOINT), "ReadTimeoutError"),
    ],
)
def test_an_error_is_told_by_a_word(error: ClientError | BotoCoreError, code: str) -> None:
    assert code_of(error) == code


def test_no_pause_is_longer_than_the_longest() -> None:
    # Given pauses that would double beyond it / When they are as long as can be / Then they do not
    retries = Retries(tries=5, first_pause=0.5, longest=1.5, dice=lambda: 1.0)
    assert list(retries.pauses()) == [0.5, 1.0, 1.5, 1.5]


def test_dynamodb_is_asked_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a DynamoDB that fails for good / When it is asked for an item
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    wire = Wire(refusal("InternalServerError", 500))
    with pytest.raises(Exception, match="InternalServerError"):
        wire.table.get({"pk": "a", "sk": "b"})
    # Then it is asked as often as the client's settings say, the first time included
    assert len(wire.sent) == 3
    assert wire.client.meta.config.retries["total_max_attempts"] == 3


@pytest.mark.proves("A11")
def test_a_trace_calls_the_handler_by_its_name() -> None:
    # Given an X-Ray daemon, and a traced function as Lambda runs it
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(30)
        environ = {
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "LAMBDA_TASK_ROOT": "/var/task",
            "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;"
            "Parent=53995c3f42cd8ad8;Sampled=1",
        }
        # When it is called
        subprocess.run([sys.executable, "-c", TRACED], env=environ, check=True, capture_output=True)
        header, _, subsegment = daemon.recv(65_536).decode().partition("\n")
    # Then the subsegment says what it is of, and nothing of what was asked or answered
    assert json.loads(header)["format"] == "json"
    assert json.loads(subsegment)["name"] == "## handler"
    assert "customer" not in subsegment


def longest(config: Any) -> float:
    """Seconds that a call takes where nothing is answered: each of its tries, pauses left out."""
    tries: int = config.retries["total_max_attempts"]
    return tries * float(config.connect_timeout + config.read_timeout)


def test_the_spare_time_holds_one_more_piece_of_work_and_the_end_of_the_run() -> None:
    # Given services that are late with each try / When all is added up that may still come:
    # tickets are read and one is written, the webhook is told, cursor and lease are written
    told = longest(clients.SECRETS) + Limits().answer
    worst = 2 * longest(clients.DYNAMODB) + told + 2 * longest(clients.DYNAMODB)
    # Then what is begun when time is nearly up can still be ended, with time for the pauses
    assert worst * 1000 < SPARE_MS


def test_a_page_token_can_be_refused_within_a_request() -> None:
    # Given a Secrets Manager that does not answer, and the time that a request has by default
    project = yaml.safe_load((ROOT / "live/project.yaml").read_text())
    allowed = project["defaults"]["functions"]["api_timeout_s"]
    # Then the request is answered, and not cut off
    assert longest(clients.SECRETS) < allowed
