"""Reading and deleting many items: what DynamoDB leaves undone is asked for again."""

from __future__ import annotations

from typing import Any

import pytest

from desk.domain.errors import BusyError
from desk.store import ticket_item
from desk.store.archive import DynamoArchive
from desk.store.attributes import typed
from desk.store.table import RETRIES
from desk.store.tickets import DynamoTickets
from tests.service.adapters.wire import Wire, ok
from tests.service.samples import ticket


def tickets(wire: Wire) -> DynamoTickets:
    return DynamoTickets(wire.table)


def archive(wire: Wire) -> DynamoArchive:
    return DynamoArchive(wire.table)


def key(number: int) -> dict[str, Any]:
    return typed(ticket_item.key(ticket(number).id))


def read(*numbers: int) -> dict[str, Any]:
    items = [typed(ticket_item.to_item(ticket(number))) for number in numbers]
    return {"Responses": {"desk": items}}


def unread(*numbers: int) -> dict[str, Any]:
    keys = [key(number) for number in numbers]
    return {"UnprocessedKeys": {"desk": {"Keys": keys, "ConsistentRead": True}} if keys else {}}


def left(*sort_keys: str) -> dict[str, Any]:
    requests = [{"DeleteRequest": {"Key": typed({"pk": "TICKET#1", "sk": sk})}} for sk in sort_keys]
    return {"UnprocessedItems": {"desk": requests} if requests else {}}


def deleted(request: dict[str, Any]) -> list[str]:
    requests = request["RequestItems"]["desk"]
    return [each["DeleteRequest"]["Key"]["sk"]["S"] for each in requests]


@pytest.mark.proves("A9")
def test_what_was_not_read_is_asked_for_again() -> None:
    # Given a DynamoDB that reads two of three, then none, then the last
    wire = Wire(ok(**read(1, 2), **unread(3)), ok(**read(), **unread(3)), ok(**read(3), **unread()))
    # When three are read
    found = tickets(wire).get_many([ticket(number).id for number in (1, 2, 3)])
    # Then all are found, and only what was left was asked for again, after a pause each time
    assert set(found.values()) == {ticket(1), ticket(2), ticket(3)}
    asked = [request["RequestItems"]["desk"]["Keys"] for request in wire.sent]
    assert asked == [[key(1), key(2), key(3)], [key(3)], [key(3)]]
    assert all(each["RequestItems"]["desk"]["ConsistentRead"] for each in wire.sent)
    assert len(wire.slept) == 2


@pytest.mark.proves("A9")
def test_reading_ends_when_it_is_of_no_use() -> None:
    # Given a DynamoDB that never reads one of two / When both are read / Then that is an error
    wire = Wire(ok(**read(1), **unread(2)))
    with pytest.raises(BusyError, match="1 of 2 items"):
        tickets(wire).get_many([ticket(1).id, ticket(2).id])
    assert len(wire.sent) == RETRIES.tries


@pytest.mark.proves("A9")
def test_no_request_reads_more_than_a_hundred_or_one_twice() -> None:
    # Given 205 ids, each three times / When they are read / Then in three requests, each once
    wire = Wire(ok(**read(), **unread()))
    ids = [ticket(number).id for number in range(205)] * 3
    assert tickets(wire).get_many(ids) == {}
    asked = [
        [each["pk"]["S"] for each in request["RequestItems"]["desk"]["Keys"]]
        for request in wire.sent
    ]
    assert [len(keys) for keys in asked] == [100, 100, 5]
    assert len({each for keys in asked for each in keys}) == 205


@pytest.mark.proves("A9")
def test_what_was_not_deleted_is_asked_for_again_and_the_ticket_goes_last() -> None:
    # Given a DynamoDB that deletes a part / When a ticket's items are deleted, the ticket first
    wire = Wire(ok(**left("A", "B")), ok(**left("B")), ok(**left()), ok(**left()))
    archive(wire).delete("1", ["META", "A", "B", "C", "A"])
    # Then what was left is asked for again, and the ticket when nothing else is left
    assert [deleted(request) for request in wire.sent] == [
        ["A", "B", "C"],
        ["A", "B"],
        ["B"],
        ["META"],
    ]
    assert len(wire.slept) == 2


@pytest.mark.proves("A9")
def test_a_ticket_is_kept_while_something_of_it_is_left() -> None:
    # Given a DynamoDB that never deletes one item / When all is deleted / Then the ticket stays
    wire = Wire(ok(**left("B")))
    with pytest.raises(BusyError, match="1 of 2 items"):
        archive(wire).delete("1", ["A", "B", "META"])
    assert "META" not in [sort_key for request in wire.sent for sort_key in deleted(request)]


@pytest.mark.proves("A9")
def test_no_request_deletes_more_than_twenty_five() -> None:
    wire = Wire(ok(**left()))
    archive(wire).delete("1", [f"EVENT#{number}" for number in range(60)])
    assert [len(deleted(request)) for request in wire.sent] == [25, 25, 10]


@pytest.mark.proves("A9")
def test_pauses_are_longer_each_time_and_bounded() -> None:
    # Given many series of pauses / When they are compared
    series = [list(RETRIES.pauses()) for _ in range(300)]
    by_number = list(zip(*series, strict=True))
    # Then each is anything up to a bound that doubles
    for pauses, bound in zip(by_number, [0.05, 0.1, 0.2, 0.4, 0.8], strict=True):
        assert min(pauses) < 0.2 * bound
        assert 0.8 * bound < max(pauses) <= bound
