from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from api_app import Api
from api_idempotency import Once
from api_routes import Desk
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
)

from desk.domain.event import EventType, of_change
from desk.domain.ticket import Ticket
from tests.service import tables
from tests.service.in_memory import InMemoryStatistics, InMemoryTickets
from tests.service.samples import NOW, Context, cause, request, ticket

BODY = {"title": "Printer on fire 🔥", "team": "ops", "due_at": "2026-03-11T08:00:00+01:00"}
Call = Callable[..., tuple[int, dict[str, str], Any]]


@pytest.fixture
def tickets() -> InMemoryTickets:
    return InMemoryTickets()


@pytest.fixture
def statistics() -> InMemoryStatistics:
    return InMemoryStatistics()


@pytest.fixture(scope="module")
def client() -> Any:
    # reaches the account in this process where a test asks for `dynamodb`, and nothing elsewhere
    anybody = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.Session(region_name="us-east-1", **anybody).client("dynamodb")


@pytest.fixture
def desk(
    client: Any, tickets: InMemoryTickets, statistics: InMemoryStatistics, metrics: Metrics
) -> Desk:
    store = DynamoDBPersistenceLayer(tables.IDEMPOTENCY_TABLE, boto3_client=client)
    return Desk(tickets, statistics, Once(store), metrics, lambda: NOW, "f" * 64)


@pytest.fixture
def call(desk: Desk, logger: Logger) -> Call:
    api = Api(desk, logger)

    def send(*args: Any, **kwargs: Any) -> tuple[int, dict[str, str], Any]:
        answer = api(request(*args, **kwargs), Context())
        multi = {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        headers = {**multi, **(answer.get("headers") or {})}
        return answer["statusCode"], headers, json.loads(answer["body"])

    return send


def test_a_ticket_is_created(call: Call, tickets: InMemoryTickets) -> None:
    # Given a body that fits / When it is posted
    status, headers, body = call("POST", "/tickets", BODY)
    # Then the ticket is there, and the answer says where and in which version
    assert status == 201
    assert headers["Location"] == f"/tickets/{body['id']}"
    assert headers["ETag"] == '"1"'
    stored = tickets.get(body["id"])
    assert (stored.title, stored.actor) == (BODY["title"], "api-key:k1")
    assert body["due_at"] == "2026-03-11T07:00:00Z"
    # And so is its event, in the same correlation
    assert [event.id for event in tickets.events] == [f"{body['id']}#1"]
    assert tickets.events[0].correlation_id == headers["X-Correlation-Id"] == "gateway-1"


def test_a_ticket_is_read_with_its_version(call: Call, tickets: InMemoryTickets) -> None:
    # Given a ticket in its second version
    first = ticket(due_at=NOW)
    second = first.escalated(cause())
    tickets.add(first, of_change(EventType.CREATED, None, first))
    tickets.update(first, second, of_change(EventType.ESCALATED, first, second))
    # When it is read
    status, headers, body = call("GET", f"/tickets/{first.id}")
    # Then its version is the ETag
    assert (status, headers["ETag"], body["priority"]) == (200, '"2"', "high")
    assert body["escalated"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 201},
        {"title": "\ud800"},
        {"title": None},
        {"team": "Ops"},
        {"team": "a" * 41},
        {"team": "ops\n"},
        {"priority": "panic"},
        {"due_at": "2026-03-11T08:00:00"},
        {"due_at": 1773212400},
        {"due_at": "0001-01-01T00:00:00+14:00"},
        {"due_at": None},
        {"status": "closed"},
    ],
)
def test_what_does_not_fit_is_refused(
    call: Call, tickets: InMemoryTickets, change: dict[str, Any]
) -> None:
    # Given a body with one thing wrong / When it is posted
    status, headers, problem = call("POST", "/tickets", BODY | change)
    # Then a problem document names the field, and nothing is written
    assert status == problem["status"] == 422
    assert headers["Content-Type"] == "application/problem+json"
    assert {error["field"] for error in problem["errors"]} == {f"body.{next(iter(change))}"}
    assert tickets.events == []


@pytest.mark.parametrize("title", ["x" * 200, "ﷺ" * 200, "a\u0000b", "é vs é"])
def test_a_title_is_kept_as_sent(call: Call, title: str) -> None:
    # Given any text within the limit / When it is posted / Then it comes back unchanged
    status, _, body = call("POST", "/tickets", BODY | {"title": title})
    assert (status, body["title"]) == (201, title)


@pytest.mark.parametrize(
    ("raw_body", "status"),
    [
        ("{not json", 400),
        ("[" * 30_000, 400),
        ('{"title": ' + "9" * 5_000 + "}", 400),
        ("[]", 422),
        ("null", 422),
        ("", 422),
        ('{"title": NaN}', 422),
        ('{"\\ud800": 1}', 422),
        ('"' + "x" * 70_000 + '"', 413),
        ('"' + "é" * 33_000 + '"', 413),
    ],
)
def test_a_bad_body_is_the_clients_fault(call: Call, raw_body: str, status: int) -> None:
    # Given a body that Python, or the schema, cannot take / When it is posted
    answered, headers, problem = call("POST", "/tickets", raw_body=raw_body)
    # Then it is a problem of the client's, with the correlation id
    assert answered == status
    assert headers["Content-Type"] == "application/problem+json"
    assert problem["correlation_id"] == "gateway-1"


def test_base64_that_is_none_is_the_clients_fault(desk: Desk, logger: Logger) -> None:
    # Given a body that claims to be base64 / When it is posted / Then it is a 400
    event = request("POST", "/tickets", raw_body="A") | {"isBase64Encoded": True}
    assert Api(desk, logger)(event, Context())["statusCode"] == 400


def test_a_form_is_refused(call: Call) -> None:
    # Given a form / When it is posted / Then its media type is refused
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert call("POST", "/tickets", headers=form, raw_body="title=x")[0] == 415


@pytest.mark.parametrize("path", ["/tickets/01J0", "/tickets/%00", "/teams/UPPER/stats", "/other"])
def test_what_is_not_there_is_not_found(call: Call, path: str) -> None:
    # Given nothing at a path / When it is read / Then a problem document says so
    status, headers, problem = call("GET", path)
    assert status == problem["status"] == 404
    assert headers["Content-Type"] == "application/problem+json"


def test_the_clients_correlation_id_is_taken_over(call: Call, tickets: InMemoryTickets) -> None:
    # Given a correlation id of the client's / When a ticket is posted with it
    _, headers, _ = call("POST", "/tickets", BODY, {"X-Correlation-Id": "client-7"})
    # Then answer and event carry it
    assert headers["X-Correlation-Id"] == tickets.events[0].correlation_id == "client-7"


def test_a_correlation_id_that_is_no_token_is_not(call: Call) -> None:
    # Given a correlation id that would break a log line / When it is sent / Then it is dropped
    sent = {"X-Correlation-Id": 'x"\n{'}
    assert call("GET", "/health", headers=sent)[1]["X-Correlation-Id"] == "gateway-1"


@pytest.mark.proves("D4")
@pytest.mark.usefixtures("dynamodb")
def test_a_repeated_key_gives_the_first_answer(call: Call, tickets: InMemoryTickets) -> None:
    # Given a ticket posted with a key
    key = {"Idempotency-Key": "k"}
    _, _, first = call("POST", "/tickets", BODY, key)
    # When the same is posted again
    status, headers, again = call("POST", "/tickets", BODY, key)
    # Then the answer is the first one, and there is one ticket
    assert (status, again, headers["ETag"]) == (201, first, '"1"')
    assert len(tickets.events) == 1


@pytest.mark.proves("D4")
@pytest.mark.usefixtures("dynamodb")
def test_a_key_with_another_body_is_refused(call: Call, tickets: InMemoryTickets) -> None:
    # Given a ticket posted with a key / When another is posted with it
    key = {"Idempotency-Key": "k"}
    call("POST", "/tickets", BODY, key)
    status, _, _ = call("POST", "/tickets", BODY | {"title": "other"}, key)
    # Then it is refused, and not created
    assert status == 422
    assert len(tickets.events) == 1


@pytest.mark.usefixtures("dynamodb")
def test_a_key_is_a_clients_own(call: Call, tickets: InMemoryTickets) -> None:
    # Given two clients that choose the same key / When both post / Then both get a ticket
    key = {"Idempotency-Key": "k"}
    call("POST", "/tickets", BODY, key, api_key_id="one")
    call("POST", "/tickets", BODY, key, api_key_id="other")
    assert len(tickets.events) == 2


def test_a_key_too_long_is_refused(call: Call) -> None:
    # Given a key of 129 characters / When it is sent / Then it is refused
    assert call("POST", "/tickets", BODY, {"Idempotency-Key": "k" * 129})[0] == 422


def test_a_request_still_running_is_a_conflict(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a first request with this key that has not ended
    def running(*_: Any) -> Any:
        raise IdempotencyAlreadyInProgressError

    monkeypatch.setattr(Once, "__call__", running)
    # When it is sent again / Then it is a conflict, to be tried again
    status, headers, _ = call("POST", "/tickets", BODY, {"Idempotency-Key": "k"})
    assert (status, headers["Retry-After"]) == (409, "1")


def test_counters_are_answered_by_priority_and_day(
    call: Call, statistics: InMemoryStatistics
) -> None:
    # Given a counted ticket / When its team's counters are read
    statistics.count(of_change(EventType.CREATED, None, ticket()), NOW)
    status, _, body = call("GET", "/teams/ops/stats")
    # Then every priority is there, and the day
    assert status == 200
    assert body == {
        "team": "ops",
        "open": {"low": 0, "normal": 1, "high": 0, "urgent": 0},
        "days": {"2026-03-10": {"new": 1}},
    }


def test_health_names_version_and_revision(call: Call) -> None:
    # Given a published version / When its health is read / Then it says which it is
    assert call("GET", "/health")[2] == {"status": "ok", "version": "7", "revision": "f" * 64}


def test_an_error_of_ours_says_nothing_of_the_inside(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a store that fails
    def fail(*_: Any) -> Ticket:
        raise RuntimeError("secret table name")

    monkeypatch.setattr(InMemoryTickets, "get", fail)
    # When a ticket is read
    status, headers, problem = call("GET", f"/tickets/{ticket().id}")
    # Then it is a problem document that holds the correlation id and no more
    assert status == 500
    assert headers["Content-Type"] == "application/problem+json"
    assert "secret" not in json.dumps(problem)
    assert problem["correlation_id"] == "gateway-1"
