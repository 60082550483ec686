"""The three functions as Lambda starts them: environment in, handler out."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import pytest
from pydantic import ValidationError

from desk.runtime.settings import ApiSettings, ProcessorSettings, Settings, read
from tests.service import tables
from tests.service.processing import events
from tests.service.samples import Context, record, request, tick, ticket

ENVIRONMENT = {
    "ENVIRONMENT": "dev",
    "TABLE_NAME": tables.TABLE,
    "TRACING": "PassThrough",
    "IDEMPOTENCY_TABLE_NAME": tables.IDEMPOTENCY_TABLE,
    "REVISION": "f" * 64,
    "NOTIFICATIONS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:desk-test-notifications",
}
Start = Callable[[str], ModuleType]


@pytest.fixture
def start(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Start:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def fresh(module: str) -> ModuleType:
        monkeypatch.delitem(sys.modules, module, raising=False)
        return importlib.import_module(module)

    return fresh


@pytest.mark.proves("A1")
def test_a_ticket_goes_from_request_to_item(start: Start, dynamodb: Any) -> None:
    # Given the API function / When a ticket is posted
    body = {"title": "Late", "team": "ops", "due_at": "2026-03-10T11:00:00Z"}
    answer = start("api_handler").handler(request("POST", "/tickets", body), Context())
    # Then ticket and event are in the table, under the keys that others rely on
    assert answer["statusCode"] == 201
    stored = tables.items(dynamodb, "TICKET#")
    assert [item["sk"]["S"] for item in stored] == ["EVENT#0000000001", "META"]
    assert {"gsi2pk", "gsi2sk", "gsi3pk", "gsi3sk"} <= stored[1].keys()
    assert "expires_at" in stored[0]
    assert "expires_at" not in stored[1]


@pytest.mark.proves("A1")
def test_an_event_goes_from_record_to_counter(start: Start, dynamodb: Any) -> None:
    # Given the processor and its topic
    boto3.client("sns").create_topic(Name="desk-test-notifications")
    # When an event's record comes
    answer = start("processor_handler").handler({"Records": [record(events(1)[0])]}, Context())
    # Then the counters and the marker are in the table
    assert answer == {"batchItemFailures": []}
    assert [item["sk"]["S"] for item in tables.items(dynamodb, "STATS#")] == [
        "DAY#2026-03-10#new",
        "OPEN#normal",
    ]
    assert [item["pk"]["S"] for item in tables.items(dynamodb, "SEEN#")] == [
        f"SEEN#{ticket().id}#1"
    ]


@pytest.mark.proves("A1")
def test_a_tick_goes_from_rule_to_escalation(start: Start, dynamodb: Any) -> None:
    # Given an overdue ticket
    body = {"title": "Late", "team": "ops", "due_at": "2020-01-01T00:00:00Z"}
    start("api_handler").handler(request("POST", "/tickets", body), Context())
    at = tables.items(dynamodb, "TICKET#")[1]["created_at"]["S"]
    # When the rule fires / Then it is escalated
    done = start("scheduled_handler").handler(tick(at), Context())
    assert done == {"escalated": 1, "contended": 0, "complete": True}


def test_metrics_are_written_once_the_handler_is_done(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given the scheduled function / When it has run
    start("scheduled_handler").handler(tick("2026-03-10T12:30:00Z"), Context())
    # Then its metrics stand in the log, in the embedded metric format
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert lines[-1]["TicketsEscalated"] == [0.0]
    assert (lines[-1]["service"], lines[-1]["environment"]) == ("scheduled", "dev")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (model, name.upper())
        for model in (ApiSettings, ProcessorSettings)
        for name in model.model_fields
    ],
)
def test_a_missing_setting_is_named_at_the_start(model: type[Settings], name: str) -> None:
    # Given an environment that lacks one variable / When the settings are read / Then it is named
    with pytest.raises(ValidationError, match=name.lower()):
        read(model, {key: value for key, value in ENVIRONMENT.items() if key != name})


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "desk-test-notifications",
        "arn:aws:sqs:us-east-1:123456789012:desk-test",
        "arn:aws:sns:::",
    ],
)
def test_only_a_topics_arn_is_taken_for_one(arn: str) -> None:
    # Given an environment with something else for the topic / When read / Then it is refused
    with pytest.raises(ValidationError, match="notifications_topic_arn"):
        read(ProcessorSettings, ENVIRONMENT | {"NOTIFICATIONS_TOPIC_ARN": arn})


@pytest.mark.proves("A11")
@pytest.mark.parametrize(("tracing", "imported"), [("PassThrough", False), ("Active", True)])
def test_the_xray_sdk_is_imported_only_where_tracing_is_on(tracing: str, imported: bool) -> None:
    # Given a fresh process / When the scheduled function starts
    look = "import sys, scheduled_handler; print('aws_xray_sdk' in sys.modules)"
    path = {"PYTHONPATH": ":".join(filter(None, sys.path)), "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", look],
        env=ENVIRONMENT | path | {"TRACING": tracing, "LAMBDA_TASK_ROOT": "/var/task"},
        capture_output=True,
        text=True,
        check=True,
    )
    # Then the X-Ray SDK is there only if it is needed
    assert done.stdout.strip() == str(imported)
