"""The three functions as Lambda starts them: environment in, handler out."""

from __future__ import annotations

import gc
import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import pytest

from desk.runtime import clients
from desk.store.statistics import DynamoStatistics
from desk.store.table import Table
from desk.store.teams import DynamoTeams
from desk.store.tickets import DynamoTickets
from desk.store.watchers import DynamoWatchers
from tests.service import tables
from tests.service.processing.world import events, records
from tests.service.samples import (
    HOUR,
    NOW,
    Context,
    cause,
    changed,
    closed,
    created,
    request,
    tick,
    ticket,
)

ENVIRONMENT = {
    "ENVIRONMENT": "dev",
    "TABLE_NAME": tables.TABLE,
    "TRACING": "PassThrough",
    "IDEMPOTENCY_TABLE_NAME": tables.IDEMPOTENCY_TABLE,
    "REVISION": "f" * 64,
    "PAGE_TOKEN_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:desk-test-page",
    "NOTIFICATIONS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:desk-test-notifications",
    "EVENT_BUS_NAME": "desk-test-events",
    "DATA_BUCKET_NAME": "desk-test-data",
    "WEBHOOK_URL": "",
    "WEBHOOK_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:desk-test-webhook",
    "SWEEP_RULE_NAME": "desk-test-sweep",
    "NIGHTLY_RULE_NAME": "desk-test-nightly",
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
def test_a_ticket_goes_through_every_route(
    start: Start, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given the API function and the secret of its page tokens
    clients.secrets.cache_clear()
    made = boto3.client("secretsmanager").create_secret(Name="desk-test-page", SecretString="key")
    monkeypatch.setenv("PAGE_TOKEN_SECRET_ARN", made["ARN"])
    handler = start("api_handler").handler

    def send(*args: Any, **kwargs: Any) -> tuple[int, Any]:
        answer = handler(request(*args, **kwargs), Context())
        return answer["statusCode"], json.loads(answer["body"] or "null")

    # When a ticket is opened, changed, written below, watched and listed
    body = {"title": "Late", "team": "ops", "due_at": "2026-03-10T11:00:00Z"}
    path = f"/tickets/{send('POST', '/tickets', body)[1]['id']}"
    matching = {"If-Match": '"1"'}
    assert send("PATCH", path, {"assignee": "ann", "status": "open"}, matching)[0] == 200
    assert send("PATCH", path, {"title": "Lost"}, matching)[0] == 412
    for text in ("one", "two"):
        key = {"Idempotency-Key": text}
        first = send("POST", f"{path}/comments", {"text": text}, key)
        assert first == send("POST", f"{path}/comments", {"text": text}, key)
    assert send("PUT", f"{path}/watchers/ann") == (204, None)
    # Then each answer shows what was done
    assert send("GET", path)[1]["version"] == 4
    assert send("GET", f"{path}/watchers") == (200, {"watchers": ["ann"]})
    assert send("DELETE", f"{path}/watchers/ann") == (204, None)
    page = send("GET", f"{path}/comments", query={"limit": "1"})[1]
    rest = send("GET", f"{path}/comments", query={"limit": "1", "page": page["next_page"]})[1]
    assert [each["text"] for each in page["comments"] + rest["comments"]] == ["one", "two"]
    for query in ({"team": "ops", "status": "open"}, {"assignee": "ann"}):
        assert len(send("GET", "/tickets", query=query)[1]["tickets"]) == 1
    found = send("POST", "/tickets:batchGet", {"ids": [path.rpartition("/")[2], "0" * 26]})[1]
    assert (len(found["tickets"]), found["missing"]) == (1, ["0" * 26])
    assert send("GET", "/teams/ops/stats")[0] == send("GET", "/health")[0] == 200


@pytest.mark.proves("A1")
def test_an_event_goes_from_record_to_counter_watcher_and_bus(
    start: Start, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given the processor, its topic, its bus, and a watched ticket
    boto3.client("sns").create_topic(Name="desk-test-notifications")
    bus = boto3.client("events").create_event_bus(Name="desk-test-events")["EventBusArn"]
    boto3.client("events").create_archive(ArchiveName="all", EventSourceArn=bus)
    event = events(1)[0]
    DynamoTickets(Table(dynamodb, tables.TABLE)).add(ticket(), event)
    DynamoWatchers(Table(dynamodb, tables.TABLE)).add(ticket().id, "ann", cause())
    # When an event's record comes
    answer = start("processor_handler").handler({"Records": records([event])}, Context())
    # Then the counters and the marker of each stage are in the table
    assert answer == {"batchItemFailures": []}
    assert [item["sk"]["S"] for item in tables.items(dynamodb, "STATS#")] == [
        "DAY#2026-03-10#new",
        "OPEN#normal",
    ]
    assert [(item["pk"]["S"], item["sk"]["S"]) for item in tables.items(dynamodb, "SEEN#")] == [
        (f"SEEN#{event.id}", stage) for stage in ("aggregate", "integrate", "notify")
    ]
    # And it is on the bus, and the watcher was told
    assert boto3.client("events").describe_archive(ArchiveName="all")["EventCount"] == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [line["NotificationsSent"] for line in lines if "NotificationsSent" in line] == [[1.0]]
    assert {(line["service"], line["environment"]) for line in lines} == {("processor", "dev")}


@pytest.mark.proves("A1", "S3")
def test_a_record_without_an_event_goes_to_the_data_bucket(start: Start, dynamodb: Any) -> None:
    # Given the processor and its bucket
    boto3.client("s3").create_bucket(Bucket="desk-test-data")
    bad = records(events(1))[0]
    del bad["dynamodb"]["NewImage"]["type"]
    # When the record comes / Then it is there
    answer = start("processor_handler").handler({"Records": [bad]}, Context())
    assert answer == {"batchItemFailures": []}
    key = "quarantine/2026-03-10/1.json"
    kept = boto3.client("s3").get_object(Bucket="desk-test-data", Key=key)["Body"]
    assert json.load(kept) == bad


def test_the_collector_is_back_once_the_processor_has_started(start: Start) -> None:
    # Given the processor / When it has started
    start("processor_handler")
    # Then garbage is collected as ever, and what was loaded is left out of it
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000
    gc.unfreeze()


@pytest.mark.proves("A1")
def test_a_tick_goes_from_rule_to_escalation(start: Start, dynamodb: Any) -> None:
    # Given an overdue ticket
    overdue = ticket(due_at=NOW - HOUR)
    DynamoTickets(Table(dynamodb, tables.TABLE)).add(overdue, created(overdue))
    # When the rule fires / Then it is escalated, and the next run knows where to begin
    done = start("scheduled_handler").handler(tick("2026-03-10T12:45:00Z"), Context())
    assert done["sweep"]["escalated"] == 1
    assert [item["sk"]["S"] for item in tables.items(dynamodb, "JOB#")] == ["CURSOR"]


@pytest.mark.proves("A1", "S3")
def test_a_ticket_goes_from_the_table_to_the_archive(start: Start, dynamodb: Any) -> None:
    # Given a ticket that was closed ninety days ago, and a team whose counters are wrong
    boto3.client("s3").create_bucket(Bucket="desk-test-data")
    DynamoTeams(Table(dynamodb, tables.TABLE)).register("ops")
    tickets = DynamoTickets(Table(dynamodb, tables.TABLE))
    tickets.add(ticket(), created(ticket()))
    tickets.update(ticket(), closed(ticket()), changed(ticket(), closed(ticket())))
    DynamoStatistics(Table(dynamodb, tables.TABLE)).count(created(ticket()), NOW)
    # When the nightly rule fires
    night = tick("2026-06-08T12:30:00Z", rule="desk-test-nightly")
    done = start("scheduled_handler").handler(night, Context())
    # Then the ticket is in the bucket and not in the table, and the difference was seen
    key = f"archive/2026-03-10/{ticket().id}.json"
    kept = json.load(boto3.client("s3").get_object(Bucket="desk-test-data", Key=key)["Body"])
    assert {item["entity"] for item in kept["items"]} == {"Ticket", "Event"}
    assert not tables.items(dynamodb, "TICKET#")
    assert (done["archive"]["archived"], done["reconcile"]["drifting"]) == (1, 1)


def test_metrics_are_written_once_the_handler_is_done(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given the scheduled function / When it has run
    start("scheduled_handler").handler(tick("2026-03-10T12:30:00Z"), Context())
    # Then its metrics stand in the log, in the embedded metric format
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert lines[-1]["TicketsEscalated"] == [0.0]
    assert (lines[-1]["service"], lines[-1]["environment"]) == ("scheduled", "dev")


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


def test_the_scheduled_function_starts_with_one_client(start: Start) -> None:
    # Given the scheduled function / When it has started / Then what no sweep needs is not made
    clients.s3.cache_clear()
    clients.secrets.cache_clear()
    start("scheduled_handler").handler(tick("2026-03-10T12:30:00Z"), Context())
    assert clients.s3.cache_info().currsize == clients.secrets.cache_info().currsize == 0
