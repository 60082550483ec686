"""The smoke test against the real application code, served in this process over moto's table."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from api_app import Api
from api_idempotency import Once
from api_routes import Desk
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from botocore.config import Config
from botocore.credentials import Credentials
from moto import mock_aws
from sweep import SweepRun

from desk.store import event_item
from desk.store.attributes import plain
from desk.store.statistics import DynamoStatistics
from desk.store.tickets import DynamoTickets
from pipeline.smoke import journey
from pipeline.smoke.journey import Deployment, SmokeReport, run
from tests.service import tables
from tests.service.samples import Context, request

KEY = "the-api-key"
ACCESS_KEY = "AKIDEXAMPLE"
OUTPUTS = {
    "ApiId": "a1",
    "ApiStage": "v1",
    "ApiKeyId": "k1",
    "ScheduledAliasArn": "arn:aws:lambda:us-east-1:111111111111:function:desk-test:live",
    "SweepRuleName": "sweep",
}


@dataclass
class Application:
    """The deployed application: API, processor and sweep, each of which can be out of order."""

    dynamodb: Any
    processor_runs: bool = True
    sweep_fails: bool = False
    open_to_all: bool = False
    signed_by: str = ""  # the access key that may call, in place of the API key
    address: str = ""
    metrics: Metrics = field(default_factory=lambda: Metrics(namespace="Test", service="test"))

    def __post_init__(self) -> None:
        self.tickets = DynamoTickets(self.dynamodb, tables.TABLE)
        self.statistics = DynamoStatistics(self.dynamodb, tables.TABLE)
        once = Once(DynamoDBPersistenceLayer(tables.IDEMPOTENCY_TABLE, boto3_client=self.dynamodb))
        clock = lambda: datetime.now(UTC)  # noqa: E731
        desk = Desk(self.tickets, self.statistics, once, self.metrics, clock, "f" * 64)
        self._api = Api(desk, Logger(service="test"))

    def answer(self, method: str, path: str, body: str | None, headers: Any) -> tuple[int, Any]:
        if not self._knows(headers) and not self.open_to_all:
            return 403, {"body": '{"message": "Forbidden"}'}
        event = request(method, path, headers=dict(headers), raw_body=body)
        answer = self._api(event, Context())
        self._follow_the_stream()
        return answer["statusCode"], answer

    def _knows(self, headers: Any) -> bool:
        if not self.signed_by:
            return bool(headers.get("X-Api-Key") == KEY)
        signature = headers.get("Authorization", "")
        scope = f"Credential={self.signed_by}/{headers.get('X-Amz-Date', '')[:8]}"
        return f"{scope}/us-east-1/execute-api/aws4_request" in signature

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        if self.sweep_fails:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "no"}')}
        sweep = SweepRun(self.tickets, self.metrics, Logger(service="test"))
        done = sweep(json.loads(Payload), Context())
        self._follow_the_stream()
        return {"Payload": io.BytesIO(json.dumps(done).encode())}

    def client(self, name: str, config: Config | None = None) -> Any:
        endpoint = SimpleNamespace(endpoint_url=self.address)
        return {
            "dynamodb": self.dynamodb,
            "lambda": SimpleNamespace(invoke=self.invoke),
            "apigateway": SimpleNamespace(meta=endpoint, get_api_key=lambda **_: {"value": KEY}),
        }[name]

    def _follow_the_stream(self) -> None:
        if not self.processor_runs:
            return
        for item in tables.items(self.dynamodb, "TICKET#"):
            if item["sk"]["S"].startswith("EVENT#"):
                self.statistics.count(event_item.from_item(plain(item)), datetime.now(UTC))


def serving(application: Application) -> ThreadingHTTPServer:
    class Serve(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode() if length else None
            path = self.path.removeprefix("/_aws/execute-api/a1/v1")
            status, answer = application.answer(self.command, path, body, self.headers)
            self.send_response(status)
            for name, values in answer.get("multiValueHeaders", {}).items():
                self.send_header(name, values[0])
            self.end_headers()
            self.wfile.write(answer["body"].encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: the test's output is for the test."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Serve)


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


def report_of(application: Application, *without: str) -> SmokeReport:
    session: Any = SimpleNamespace(
        client=application.client,
        region_name="us-east-1",
        get_credentials=lambda: Credentials(ACCESS_KEY, "the-secret"),
    )
    outputs = {name: value for name, value in OUTPUTS.items() if name not in without}
    return run(Deployment(session, outputs, tables.TABLE))


def failed(report: SmokeReport) -> list[str]:
    return [check.name for check in report.checks if not check.ok]


def test_what_works_passes_and_leaves_nothing(application: Application) -> None:
    # Given an application that works / When it is tested
    report = report_of(application)
    # Then every check is right, and no item is left
    assert [check.detail for check in report.checks if not check.ok] == []
    assert report.ok
    assert len(report.checks) == 7
    assert tables.items(application.dynamodb) == []


@pytest.mark.proves("A5")
def test_an_api_without_a_key_is_called_signed(application: Application) -> None:
    # Given a stack without an API key, whose API takes signed requests only
    application.signed_by = ACCESS_KEY
    # When it is tested / Then every check is right
    report = report_of(application, "ApiKeyId")
    assert [check.detail for check in report.checks if not check.ok] == []


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
    assert report.checks[0].detail.startswith("answered 200, not 403")


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


def test_the_key_is_in_no_report(application: Application) -> None:
    # Given reports of success and of failure / When they are read / Then none holds the key
    assert KEY not in repr(report_of(application))
    application.processor_runs = False
    assert KEY not in repr(report_of(application))
