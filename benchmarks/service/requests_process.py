"""`python -m benchmarks.service.requests_process FILE`: times each route of the real handler.

Its clients talk to a stub inside botocore: a call is built, signed and parsed as ever, and only the
network is left out.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse, HeadersDict

from desk.domain.comment import Comment
from desk.domain.ticket import Cause, Priority, Ticket, new_ticket
from desk.runtime import clients
from desk.store import comment_item, ticket_item
from desk.store.attributes import typed

WARM_UP, REQUESTS = 50, 500
NOW = datetime.now(UTC).replace(microsecond=0)
TICKET_ID = "01J00000000000000000000001"
PAGE = 50
BODY = {"title": "Printer on fire", "team": "ops", "due_at": "2026-12-24T08:00:00Z"}


def _id(number: int) -> str:
    return f"{TICKET_ID[:-4]}{number:04d}"


# name → method, path, query, headers, body
ROUTES: dict[str, tuple[str, str, dict[str, str], dict[str, str], Any]] = {
    "POST /tickets": ("POST", "/tickets", {}, {}, BODY),
    "POST /tickets, Idempotency-Key": ("POST", "/tickets", {}, {"Idempotency-Key": "k"}, BODY),
    "GET /tickets/{id}": ("GET", f"/tickets/{TICKET_ID}", {}, {}, None),
    "PATCH /tickets/{id}": (
        *("PATCH", f"/tickets/{TICKET_ID}", {}, {"If-Match": '"1"'}),
        {"priority": "high"},
    ),
    f"GET /tickets?team, {PAGE} of them": (
        *("GET", "/tickets", {"team": "ops", "status": "new"}, {}),
        None,
    ),
    f"GET /tickets?assignee, {PAGE} of them": ("GET", "/tickets", {"assignee": "ada"}, {}, None),
    f"POST /tickets:batchGet, {PAGE} of them": (
        *("POST", "/tickets:batchGet", {}, {}),
        {"ids": [_id(number) for number in range(PAGE)]},
    ),
    "POST /tickets/{id}/comments": (
        *("POST", f"/tickets/{TICKET_ID}/comments", {}, {}),
        {"text": "On it"},
    ),
    f"GET /tickets/{{id}}/comments, {PAGE} of them": (
        *("GET", f"/tickets/{TICKET_ID}/comments", {}, {}),
        None,
    ),
    "PUT /tickets/{id}/watchers/{user}": (
        *("PUT", f"/tickets/{TICKET_ID}/watchers/ada", {}, {}),
        None,
    ),
    "GET /teams/{team}/stats": ("GET", "/teams/ops/stats", {}, {}, None),
    "GET /health": ("GET", "/health", {}, {}, None),
}


class Context:
    """What Lambda hands over beside the event."""

    function_name = "desk-bench-api"
    function_version = "1"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:111111111111:function:desk-bench-api:live"
    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        """Time enough."""
        return 10_000


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class Stub:
    """Answers a client's requests at once, and adds up the time that its calls take."""

    def __init__(self, client: Any, answer: Callable[[str, dict[str, Any]], Any]) -> None:
        self.seconds = 0.0
        self._answer = answer
        service = client.meta.service_model.service_name
        client.meta.events.register(f"before-send.{service}", self._send)
        self._call = client._make_api_call
        client._make_api_call = self._timed

    def _timed(self, *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return self._call(*arguments)
        finally:
            self.seconds += time.perf_counter() - started

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().split(".")[-1]
        body = json.dumps(self._answer(operation, json.loads(request.body))).encode()
        headers: Any = HeadersDict({"Content-Type": "application/x-amz-json-1.0"})
        return AWSResponse(request.url, 200, headers, _Raw(body))


def _handler() -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    handler: Callable[..., dict[str, Any]] = import_module("api_handler").handler
    return handler


def main(results: Path) -> None:
    """Time every route and write the seconds of each request."""
    handler = _handler()
    stubs = [Stub(clients.dynamodb(), _table), Stub(clients.secrets(), _secret)]
    # metrics and logs are written as ever, to nowhere
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = nowhere
        times = {name: _times(handler, stubs, *route) for name, route in ROUTES.items()}
    results.write_text(json.dumps(times))


def _times(handler: Any, stubs: list[Stub], *route: Any) -> dict[str, list[float]]:
    own, calls = [], []
    for number in range(WARM_UP + REQUESTS):
        event = _event(*route)
        for stub in stubs:
            stub.seconds = 0.0
        started = time.perf_counter()
        answer = handler(event, Context())
        taken = time.perf_counter() - started
        if answer["statusCode"] >= 400:
            raise RuntimeError(f"{route[:2]} answered {answer['statusCode']}: {answer['body']}")
        if number >= WARM_UP:
            called = sum(stub.seconds for stub in stubs)
            own.append(taken - called)
            calls.append(called)
    return {"own": own, "calls": calls}


def _event(
    method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
) -> dict[str, Any]:
    sent = {"Content-Type": "application/json", **headers}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {n: [v] for n, v in query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "gateway-1",
            "stage": "v1",
            "identity": {"apiKeyId": "k1", "sourceIp": "192.0.2.1"},
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _ticket(number: int) -> Ticket:
    return new_ticket(
        ticket_id=_id(number),
        title="Printer on fire",
        team="ops",
        priority=Priority.NORMAL,
        due_at=NOW + timedelta(days=1),
        cause=Cause("api-key:k1", NOW, "c-1"),
        assignee="ada",
    )


# more than a page: each list has a token to sign
TICKETS = [typed(ticket_item.to_item(_ticket(number))) for number in range(2 * PAGE)]
COMMENTS = [
    typed(comment_item.to_item(Comment(f"{number:026d}", TICKET_ID, "On it", "api-key:k1", NOW)))
    for number in range(2 * PAGE)
]


def _table(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    match operation:
        case "GetItem":
            return {"Item": TICKETS[0]}
        case "BatchGetItem":
            asked = request["RequestItems"].items()
            found = {table: _wanted(TICKETS[: len(of["Keys"])], of) for table, of in asked}
            return {"Responses": found, "UnprocessedKeys": {}}
        case "Query":
            return _query(request)
    return {}


def _query(request: dict[str, Any]) -> dict[str, Any]:
    values = str(request["ExpressionAttributeValues"])
    if "STATS#" in values:
        return {"Items": []}
    items = TICKETS if "IndexName" in request else COMMENTS
    return {"Items": _wanted(items[: request["Limit"]], request)}


def _wanted(items: list[dict[str, Any]], request: dict[str, Any]) -> list[dict[str, Any]]:
    names = request.get("ExpressionAttributeNames", {}).values()
    wanted = [{name: item[name] for name in names if name in item} for item in items]
    return wanted if "ProjectionExpression" in request else items


def _secret(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    return {"Name": request["SecretId"], "SecretString": "0123456789abcdef" * 4}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
