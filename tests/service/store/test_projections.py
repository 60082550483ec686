"""Tickets are asked for without what only the indexes need: boto3 takes its time for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from desk.domain.ticket import Status, Ticket
from desk.store.ticket_lists import DynamoTicketLists
from desk.store.tickets import DynamoTickets
from tests.service.adapters.wire import Wire, ok
from tests.service.samples import NOW, ticket

PLACE_OF_TEAM = {"pk", "sk", "gsi2pk", "gsi2sk"}
PLACE_OF_ASSIGNEE = {"pk", "sk", "gsi1pk", "gsi1sk"}


def wanted(request: dict[str, Any]) -> set[str]:
    """The attributes that a request asks for."""
    names = request["ExpressionAttributeNames"]
    return {names[name] for name in request["ProjectionExpression"].split(", ")}


@pytest.mark.parametrize(
    ("read", "place"),
    [
        (lambda lists: lists.of_team("ops", Status.NEW, 10, None), PLACE_OF_TEAM),
        (lambda lists: lists.of_assignee("ada", None, 10, None), PLACE_OF_ASSIGNEE),
    ],
)
def test_a_page_asks_for_the_tickets_and_where_the_next_one_begins(
    read: Callable[[DynamoTicketLists], object], place: set[str]
) -> None:
    # Given a list / When a page of it is read
    wire = Wire(ok(Items=[]))
    read(DynamoTicketLists(wire.table))
    # Then what a ticket is made of is asked for, the last one's keys, and nothing else
    assert wanted(wire.sent[0]) == {*Ticket._fields, *place}


@pytest.mark.parametrize(
    "read",
    [
        lambda lists: lists.all_of_team("ops", Status.NEW),
        lambda lists: lists.due("2026-03-10T12", NOW),
        lambda lists: lists.solved(NOW.date(), NOW - timedelta(days=7)),
        lambda lists: lists.closed(NOW.date(), NOW - timedelta(days=90)),
    ],
)
def test_whoever_wants_ids_asks_for_keys_only(
    read: Callable[[DynamoTicketLists], Iterable[str]],
) -> None:
    # Given a list / When it is gone through for its ids
    wire = Wire(ok(Items=[]))
    assert not list(read(DynamoTicketLists(wire.table)))
    # Then nothing but the keys' part that holds them is asked for
    assert [wanted(request) for request in wire.sent] == [{"pk"}] * len(wire.sent)


def test_many_tickets_are_asked_for_without_their_keys() -> None:
    # Given a ticket / When it is read as one of many
    wire = Wire(ok(Responses={}, UnprocessedKeys={}))
    DynamoTickets(wire.table).get_many([ticket().id])
    # Then what a ticket is made of is asked for
    assert wanted(wire.sent[0]["RequestItems"]["desk"]) == set(Ticket._fields)
