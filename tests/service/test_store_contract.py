"""What every store must do: the one in memory, on moto, and on the emulator's DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest

from desk.domain.errors import StaleTicketError, TicketNotFoundError
from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Priority, Status, Ticket
from desk.ports import Statistics, Tickets
from desk.store.statistics import DynamoStatistics
from desk.store.tickets import DynamoTickets
from tests.service import tables
from tests.service.in_memory import InMemoryStatistics, InMemoryTickets
from tests.service.samples import HOUR, NOW, cause, ticket


@dataclass
class Store:
    tickets: Tickets
    statistics: Statistics


@pytest.fixture(params=["memory", "moto", pytest.param("emulator", marks=pytest.mark.engine)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield Store(InMemoryTickets(), InMemoryStatistics())
        return
    if request.param == "moto":
        client, table = request.getfixturevalue("dynamodb"), tables.TABLE
    else:
        request.getfixturevalue("aws_environment")
        client = _client_of(request.getfixturevalue("emulator"))
        table = tables.create(client, f"desk-{uuid4().hex[:8]}")
    yield Store(DynamoTickets(client, table), DynamoStatistics(client, table))


def _client_of(address: str) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="111111111111",
        aws_secret_access_key="any",
    )


def created(of: Ticket) -> Event:
    return of_change(EventType.CREATED, None, of)


@pytest.mark.proves("D1")
def test_what_is_added_is_read_back(store: Store) -> None:
    # Given a ticket / When it is added
    store.tickets.add(ticket(), created(ticket()))
    # Then it is read back as it was
    assert store.tickets.get(ticket().id) == ticket()


def test_an_unknown_ticket_is_not_found(store: Store) -> None:
    # Given no ticket / When one is read / Then it is not found
    with pytest.raises(TicketNotFoundError):
        store.tickets.get("01J0")


def test_an_id_is_added_once(store: Store) -> None:
    # Given a ticket that is there
    store.tickets.add(ticket(), created(ticket()))
    # When another is added under its id / Then that is refused and nothing is changed
    other = ticket(title="another")
    with pytest.raises(StaleTicketError):
        store.tickets.add(other, created(other))
    assert store.tickets.get(ticket().id).title == ticket().title


def test_an_update_goes_to_the_next_version(store: Store) -> None:
    # Given an overdue ticket
    before = ticket(due_at=NOW - HOUR)
    store.tickets.add(before, created(before))
    # When its escalation is written
    after = before.escalated(cause())
    store.tickets.update(before, after, of_change(EventType.ESCALATED, before, after))
    # Then the next version is read back
    assert store.tickets.get(before.id) == after


@pytest.mark.proves("D1")
def test_a_stale_update_is_refused(store: Store) -> None:
    # Given a ticket that has moved on
    before = ticket(due_at=NOW - HOUR)
    store.tickets.add(before, created(before))
    after = before.escalated(cause())
    event = of_change(EventType.ESCALATED, before, after)
    store.tickets.update(before, after, event)
    # When the same change comes again / Then it is refused, and the version stays
    with pytest.raises(StaleTicketError):
        store.tickets.update(before, after, event)
    assert store.tickets.get(before.id).version == 2


@pytest.mark.proves("D3")
@pytest.mark.parametrize(
    ("age", "found"),
    [(timedelta(0), True), (timedelta(seconds=-1), False), (3 * HOUR, True), (100 * HOUR, True)],
)
def test_what_is_overdue_is_found(store: Store, age: timedelta, found: bool) -> None:
    # Given a ticket, just written, whose deadline is that old
    due = ticket(due_at=NOW - age)
    store.tickets.add(due, created(due))
    # When looking one hour back / Then it is found if its deadline has been reached, however old
    assert list(store.tickets.due(NOW - HOUR, NOW)) == ([due.id] if found else [])


def test_what_came_due_before_the_look_back_is_not_found(store: Store) -> None:
    # Given a ticket that was written, and came due, long ago
    old = ticket(due_at=NOW - 5 * HOUR, cause=cause(NOW - 9 * HOUR))
    store.tickets.add(old, created(old))
    # When looking two hours back, then six / Then only the longer look finds it
    assert list(store.tickets.due(NOW - 2 * HOUR, NOW)) == []
    assert list(store.tickets.due(NOW - 6 * HOUR, NOW)) == [old.id]


def test_all_shards_are_looked_at(store: Store) -> None:
    # Given more overdue tickets than there are shards
    overdue = [ticket(number, due_at=NOW - HOUR) for number in range(30)]
    for each in overdue:
        store.tickets.add(each, created(each))
    # When looking / Then each is found once
    assert sorted(store.tickets.due(NOW - HOUR, NOW)) == [each.id for each in overdue]


def test_what_is_escalated_is_no_longer_due(store: Store) -> None:
    # Given an overdue ticket that is escalated
    before = ticket(due_at=NOW - HOUR)
    store.tickets.add(before, created(before))
    after = before.escalated(cause())
    store.tickets.update(before, after, of_change(EventType.ESCALATED, before, after))
    # When looking / Then it is not found
    assert list(store.tickets.due(NOW - HOUR, NOW)) == []


def test_an_event_counts_once(store: Store) -> None:
    # Given an event that is counted
    event = created(ticket())
    assert store.statistics.count(event, NOW)
    # When it is counted again
    again = store.statistics.count(event, NOW + HOUR)
    # Then that is said, and the counters stay
    stats = store.statistics.of_team("ops", NOW.date())
    assert not again
    assert stats.open[Priority.NORMAL] == 1
    assert stats.days == {"2026-03-10": {Status.NEW: 1}}


def test_counters_are_a_teams_own(store: Store) -> None:
    # Given a ticket of one team / When another team's counters are read / Then they are zero
    store.statistics.count(created(ticket()), NOW)
    stats = store.statistics.of_team("sales", NOW.date())
    assert set(stats.open.values()) == {0}
    assert stats.days == {}


def test_old_days_are_left_out(store: Store) -> None:
    # Given a ticket of today / When counters are read from tomorrow on
    store.statistics.count(created(ticket()), NOW)
    stats = store.statistics.of_team("ops", NOW.date() + timedelta(days=1))
    # Then the day is left out, the open ticket is not
    assert stats.days == {}
    assert stats.open[Priority.NORMAL] == 1
