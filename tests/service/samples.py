"""Tickets, causes and AWS events to test with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from desk.domain.comment import Comment
from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Cause, Edit, Priority, Status, Ticket, new_ticket
from desk.store import event_item
from desk.store.attributes import typed

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Context:
    """What Lambda hands over beside the event."""

    function_name = "desk-test"
    function_version = "7"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:111111111111:function:desk-test:live"
    aws_request_id = "request-1"

    def __init__(self, remaining_ms: int = 30_000) -> None:
        self._remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        return self._remaining_ms


def cause(at: datetime = NOW) -> Cause:
    return Cause(actor="api-key:k1", at=at, correlation_id="c-1")


def ticket(number: int = 1, due_at: datetime = NOW + HOUR, **changes: Any) -> Ticket:
    values: dict[str, Any] = {
        "ticket_id": f"01J{number:023d}",
        "title": "Printer on fire 🔥",
        "team": "ops",
        "priority": Priority.NORMAL,
        "due_at": due_at,
        "cause": cause(),
    }
    return new_ticket(**(values | changes))


def edited(before: Ticket, at: datetime = NOW, **edit: Any) -> Ticket:
    """The next version, with these attributes."""
    return before.edited(Edit(**edit), cause(at))  # type: ignore[typeddict-item]


def solved(before: Ticket, at: datetime = NOW) -> Ticket:
    """A new ticket's third version: taken up, and solved."""
    return edited(edited(before, at, status=Status.OPEN), at, status=Status.SOLVED)


def closed(before: Ticket, at: datetime = NOW) -> Ticket:
    """A new ticket's fourth version: taken up, solved, and closed."""
    return solved(before, at).closed(cause(at))


def comment(
    of: Ticket, number: int = 1, at: datetime = NOW, text: str = "Still burning"
) -> Comment:
    return Comment(
        id=f"01C{number:023d}", ticket_id=of.id, text=text, actor="api-key:k1", created_at=at
    )


def created(of: Ticket) -> Event:
    return of_change(EventType.CREATED, None, of)


def changed(before: Ticket, after: Ticket, kind: EventType = EventType.EDITED) -> Event:
    return of_change(kind, before, after)


def request(
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    *,
    raw_body: str | None = None,
    api_key_id: str = "k1",
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An API Gateway REST proxy event."""
    sent = dict(headers or {})
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "gateway-1",
            "stage": "v1",
            "identity": {"apiKeyId": api_key_id, "sourceIp": "192.0.2.1"},
        },
        "body": raw_body if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def record(event: Event, sequence_number: int = 1) -> dict[str, Any]:
    """A DynamoDB stream record of an event's item."""
    image = typed(event_item.to_item(event))
    return {
        "eventID": f"e{sequence_number}",
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": NOW.timestamp(),
            "Keys": {name: image[name] for name in ("pk", "sk")},
            "NewImage": image,
            "SequenceNumber": str(sequence_number),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


def tick(at: str, identity: str = "tick-1", rule: str = "desk-test-sweep") -> dict[str, Any]:
    """An EventBridge scheduled event."""
    return {
        "version": "0",
        "id": identity,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "111111111111",
        "time": at,
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:111111111111:rule/{rule}"],
        "detail": {},
    }
