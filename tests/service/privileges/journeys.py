"""All that the three functions do, through their entry points, in an account with all they need.

Each journey asserts what it comes to: one that went wrong half-way would have called too little.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from desk.domain import instants
from desk.domain.event import EventType
from desk.store.statistics import DynamoStatistics
from desk.store.teams import DynamoTeams
from desk.store.watchers import DynamoWatchers
from tests.service.adapters.receiver import Receiver, answer
from tests.service.privileges.place import NIGHTLY, TOPIC, Handler, Lambda, Place
from tests.service.processing.world import records
from tests.service.samples import (
    DAY,
    HOUR,
    NOW,
    Context,
    cause,
    closed,
    created,
    request,
    solved,
    tick,
    ticket,
)

BODY = {"title": "Late", "team": "ops", "due_at": "2026-03-10T11:00:00Z"}
KEY = {"Idempotency-Key": "k"}


class Client:
    """Sends the API requests."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def __call__(self, expected: int, *args: Any, **kwargs: Any) -> Any:
        """What is answered, with this status."""
        got = self._handler(request(*args, **kwargs), Context())
        assert got["statusCode"] == expected, got["body"]
        return json.loads(got["body"] or "null")


def all_of_them(functions: Lambda, receiver: Receiver) -> None:
    """Every journey, in one account."""
    api(functions)
    processor(functions)
    troubled_processor(functions)
    scheduled(functions, receiver)


def api(functions: Lambda) -> None:
    """Every route, with what goes well and what does not."""
    send = Client(functions.start("api"))
    path = f"/tickets/{_create(send)}"
    matching = {"If-Match": '"1"'}
    send(200, "PATCH", path, {"assignee": "ann", "status": "open", "team": "web"}, matching)
    send(200, "PATCH", path, {"team": "ops"}, {"If-Match": "*"})
    send(412, "PATCH", path, {"title": "Lost"}, matching)
    send(409, "PATCH", path, {"status": "new"}, {"If-Match": "*"})
    send(428, "PATCH", path, {"title": "Lost"})
    send(204, "PUT", f"{path}/watchers/ann")
    send(204, "PUT", f"{path}/watchers/ann")
    send(200, "GET", f"{path}/watchers")
    send(204, "DELETE", f"{path}/watchers/ann")
    send(200, "GET", path)
    send(200, "POST", "/tickets:batchGet", {"ids": [path.rpartition("/")[2], "0" * 26]})
    send(200, "GET", "/teams/ops/stats")
    send(200, "GET", "/health")
    _refused(send)
    _pages(functions, send, path)


def _create(send: Client) -> str:
    first = send(201, "POST", "/tickets", BODY, KEY)
    assert send(201, "POST", "/tickets", BODY, KEY) == first
    send(422, "POST", "/tickets", {**BODY, "title": "other"}, KEY)
    send(201, "POST", "/tickets", BODY)
    return str(first["id"])


def _refused(send: Client) -> None:
    nobody = f"/tickets/{'0' * 26}"
    for verb, path in (("GET", ""), ("GET", "/comments"), ("GET", "/watchers")):
        send(404, verb, nobody + path)
    send(404, "PATCH", nobody, {"title": "x"}, {"If-Match": "*"})
    send(404, "POST", f"{nobody}/comments", {"text": "x"}, KEY)
    send(404, "PUT", f"{nobody}/watchers/ann")
    send(404, "DELETE", f"{nobody}/watchers/ann")
    send(404, "GET", "/nowhere")
    send(405, "DELETE", "/tickets")
    send(415, "POST", "/tickets", BODY, {"Content-Type": "text/plain"})
    send(422, "POST", "/tickets", {})
    send(422, "GET", "/tickets")


def _pages(functions: Lambda, send: Client, path: str) -> None:
    send(200, "PATCH", f"/tickets/{_another(send)}", {"assignee": "ann"}, {"If-Match": "*"})
    for text in ("one", "two"):
        send(201, "POST", f"{path}/comments", {"text": text})
    lists: Sequence[tuple[str, dict[str, str]]] = (
        ("/tickets", {"team": "ops", "status": "new"}),
        ("/tickets", {"assignee": "ann"}),
        ("/tickets", {"assignee": "ann", "status": "new"}),
        (f"{path}/comments", {}),
    )
    tokens = [
        send(200, "GET", where, query={**query, "limit": "1"})["next_page"]
        for where, query in lists
    ]
    assert [token is None for token in tokens] == [False, False, True, False]
    send(400, "GET", "/tickets", query={"assignee": "ann", "page": "forged"})
    # the secret is replaced: what was signed with the one before it is still good
    functions.place.client("secretsmanager").put_secret_value(
        SecretId=functions.place.environ["PAGE_TOKEN_SECRET_ARN"], SecretString="new"
    )
    send = Client(functions.start("api"))
    for (where, query), token in zip(lists, tokens, strict=True):
        if token:
            send(200, "GET", where, query={**query, "limit": "1", "page": token})


def _another(send: Client) -> str:
    return str(send(201, "POST", "/tickets", BODY)["id"])


def processor(functions: Lambda) -> None:
    """Events that are new, that come again, of a watched ticket, and one that is none."""
    handler, place = functions.start("processor"), functions.place
    unwatched, watched = ticket(101), ticket(102)
    for each in (unwatched, watched):
        place.keep(each)
    DynamoWatchers(place.table).add(watched.id, "ann", cause())
    batch = records([created(unwatched), created(watched), created(ticket(103))])
    del batch[2]["dynamodb"]["NewImage"]["type"]
    for _ in range(2):
        assert handler({"Records": batch}, Context()) == {"batchItemFailures": []}


def troubled_processor(functions: Lambda) -> None:
    """A watched ticket's event, while there is no topic."""
    handler, place = functions.start("processor"), functions.place
    first, second = ticket(111), ticket(112)
    place.keep(second)
    DynamoWatchers(place.table).add(second.id, "ann", cause())
    place.client("sns").delete_topic(TopicArn=place.environ["NOTIFICATIONS_TOPIC_ARN"])
    answered = handler({"Records": records([created(first), created(second)])}, Context())
    assert answered == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    place.client("sns").create_topic(Name=TOPIC)


def scheduled(functions: Lambda, receiver: Receiver) -> None:
    """Sweeps that escalate, close, and tell the webhook; nights that archive and repair."""
    place = functions.place
    handler = functions.start(
        "scheduled", WEBHOOK_URL=receiver.url, SSL_CERT_FILE=receiver.authorities
    )
    receiver.behave(answer(204), answer(410))
    overdue = [ticket(number, due_at=NOW - HOUR) for number in (201, 202)]
    for each in overdue:
        place.keep(each)
    left = ticket(203, cause=cause(NOW - 7 * DAY))
    place.keep(left, solved(left, NOW - 7 * DAY))
    swept = handler(tick("2026-03-10T12:45:00Z", "tick-1"), Context())["sweep"]
    assert (swept["escalated"], swept["closed"], swept["undelivered"]) == (2, 1, 1), swept
    assert len(receiver.requests) == 2
    _nights(place, handler)


def _nights(place: Place, handler: Handler) -> None:
    old, running = ticket(204), ticket(205, team="night")
    place.keep(old, closed(old), kind=EventType.CLOSED)
    place.keep(running)
    DynamoTeams(place.table).register("night")
    # of these two only one is there: the counter is too high by one
    for counted in (running, ticket(206, team="night")):
        DynamoStatistics(place.table).count(created(counted), NOW)
    first, second = (
        handler(tick(instants.text(NOW + days * DAY), f"night-{days}", NIGHTLY), Context())
        for days in (90, 91)
    )
    assert first["archive"]["archived"] == 1, first
    # at least this team's: the counters of the tickets above have heard of few events
    assert first["reconcile"]["repaired"] == 0 < second["reconcile"]["repaired"], second
