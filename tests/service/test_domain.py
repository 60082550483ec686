from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain import instants
from desk.domain.counting import DayTotal, OpenTickets, movements
from desk.domain.event import EventType, of_change
from desk.domain.ticket import Priority, Status
from tests.service.samples import HOUR, NOW, cause, ticket

moments = st.integers(int(instants.EARLIEST.timestamp()), int(instants.LATEST.timestamp()) - 1).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


@given(moments, moments)
def test_the_order_of_texts_is_the_order_of_times(one: datetime, other: datetime) -> None:
    # Given two instants, in whole seconds
    # When both are written
    texts = instants.text(one), instants.text(other)
    # Then they sort alike, and are read back
    assert (texts[0] < texts[1]) == (one < other)
    assert instants.parse(texts[0]) == one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-01-31T08:00:00",
        "1700000000",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-02-30T00:00:00Z",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    # Given no instant / When it is read / Then it is a ValueError, never an OverflowError
    with pytest.raises(ValueError):  # noqa: PT011
        instants.parse(text)


def test_offsets_become_utc() -> None:
    # Given an instant somewhere else / When it is read and written / Then it is in UTC
    assert instants.text(instants.parse("2026-01-31T01:30:00.9+02:00")) == "2026-01-30T23:30:00Z"


def test_hours_include_both_ends() -> None:
    # Given a span that begins and ends within an hour
    first, last = datetime(2026, 1, 31, 22, 59, tzinfo=UTC), datetime(2026, 2, 1, 0, 1, tzinfo=UTC)
    # When its hours are listed / Then those of both ends are among them
    assert instants.hours(first, last) == ["2026-01-31T22", "2026-01-31T23", "2026-02-01T00"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("low", "normal"), ("normal", "high"), ("high", "urgent"), ("urgent", "urgent")],
)
def test_a_priority_is_raised_by_one(before: str, after: str) -> None:
    # Given a priority / When it is raised / Then it is the next, and the highest stays
    assert Priority(before).raised() == Priority(after)


def test_a_deadline_is_breached_when_it_is_reached() -> None:
    # Given a ticket due now / When is it breached / Then now, and not a second earlier
    due = ticket(due_at=NOW)
    assert due.breached(NOW)
    assert not due.breached(NOW - timedelta(seconds=1))


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_what_is_done_is_never_breached(status: Status) -> None:
    # Given a ticket that is done / When its deadline passes / Then that is no breach
    assert not replace(ticket(due_at=NOW - HOUR), status=status).breached(NOW)


def test_each_breach_escalates_once() -> None:
    # Given an overdue ticket
    overdue = ticket(due_at=NOW - HOUR)
    # When it is escalated
    escalated = overdue.escalated(cause(NOW))
    # Then it is one version and one priority further, and this breach is answered
    assert (escalated.version, escalated.priority) == (2, Priority.HIGH)
    assert not escalated.breached(NOW + HOUR)
    # And a new deadline can be breached again
    assert replace(escalated, due_at=NOW).breached(NOW + HOUR)


def test_a_new_ticket_counts_as_open_and_on_its_day() -> None:
    # Given the event of a new ticket
    event = of_change(EventType.CREATED, None, ticket())
    # When it is counted / Then both counters go up
    assert movements(event) == {
        OpenTickets(Priority.NORMAL): 1,
        DayTotal("2026-03-10", Status.NEW): 1,
    }


def test_an_escalation_moves_between_priorities() -> None:
    # Given an escalation from normal to high
    before = ticket(due_at=NOW - HOUR)
    event = of_change(EventType.ESCALATED, before, before.escalated(cause()))
    # When it is counted / Then one goes down, one up, and no day's total moves
    assert movements(event) == {OpenTickets(Priority.NORMAL): -1, OpenTickets(Priority.HIGH): 1}


def test_an_urgent_escalation_moves_nothing() -> None:
    # Given an escalation that changes no priority
    before = ticket(due_at=NOW - HOUR, priority=Priority.URGENT)
    event = of_change(EventType.ESCALATED, before, before.escalated(cause()))
    # When it is counted / Then no counter is touched
    assert movements(event) == {}
