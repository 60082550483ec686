from __future__ import annotations

from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics
from sweep import SweepRun

from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Priority, Ticket
from tests.service.in_memory import InMemoryTickets
from tests.service.samples import HOUR, NOW, Context, tick, ticket

AT_NOON = "2026-03-10T12:30:00Z"


@pytest.fixture
def tickets() -> InMemoryTickets:
    return InMemoryTickets()


@pytest.fixture
def sweep(tickets: InMemoryTickets, metrics: Metrics, logger: Logger) -> SweepRun:
    return SweepRun(tickets, metrics, logger)


def stored(tickets: InMemoryTickets, number: int = 1, **changes: Any) -> Ticket:
    made = ticket(number, **changes)
    tickets.add(made, of_change(EventType.CREATED, None, made))
    return made


def test_an_overdue_ticket_is_escalated(
    tickets: InMemoryTickets, sweep: SweepRun, metrics: Metrics
) -> None:
    # Given an overdue ticket / When the rule fires
    overdue = stored(tickets, due_at=NOW - HOUR)
    done = sweep(tick(AT_NOON), Context())
    # Then it is a version and a priority further, and its event says who did it and why
    assert done == {"escalated": 1, "contended": 0, "complete": True}
    assert tickets.get(overdue.id).priority == Priority.HIGH
    event = tickets.events[-1]
    assert (event.id, event.actor) == (f"{overdue.id}#2", "schedule:sweep")
    assert event.correlation_id == "tick-1"
    assert metrics.metric_set["TicketsEscalated"]["Value"] == [1.0]


def test_a_breach_escalates_once_however_often_the_rule_fires(
    tickets: InMemoryTickets, sweep: SweepRun
) -> None:
    # Given an overdue ticket / When the same tick comes three times, and a later one
    overdue = stored(tickets, due_at=NOW - HOUR)
    for at in (AT_NOON, AT_NOON, AT_NOON, "2026-03-10T13:30:00Z"):
        sweep(tick(at), Context())
    # Then it has been escalated once
    assert tickets.get(overdue.id).version == 2


def test_the_events_time_is_the_clock(tickets: InMemoryTickets, sweep: SweepRun) -> None:
    # Given a ticket that is overdue by any clock on the wall
    due = stored(tickets, due_at=NOW)
    # When a tick of a minute before its deadline is delivered, however late
    done = sweep(tick("2026-03-10T12:29:00Z"), Context())
    # Then it is not escalated
    assert done["escalated"] == 0
    assert tickets.get(due.id).version == 1


def test_a_tick_without_a_time_is_refused(sweep: SweepRun) -> None:
    # Given an event whose time is none / When it comes / Then it fails, and is retried and parked
    with pytest.raises(ValueError, match="soon"):
        sweep(tick("soon"), Context())


def test_a_sweep_ends_before_its_time_is_up(tickets: InMemoryTickets, sweep: SweepRun) -> None:
    # Given an overdue ticket, and no time left / When the rule fires
    overdue = stored(tickets, due_at=NOW - HOUR)
    done = sweep(tick(AT_NOON), Context(remaining_ms=5_000))
    # Then nothing is begun, and the sweep says that it is not complete
    assert done == {"escalated": 0, "contended": 0, "complete": False}
    # And the next one does it
    assert sweep(tick(AT_NOON), Context())["escalated"] == 1
    assert tickets.get(overdue.id).version == 2


def test_a_ticket_changed_meanwhile_is_left_to_the_next_sweep(
    metrics: Metrics, logger: Logger
) -> None:
    # Given a ticket that somebody changes between being read and being written
    class Contended(InMemoryTickets):
        def update(self, before: Ticket, after: Ticket, event: Event) -> None:
            if before.version == 1:
                self._write(after, event)
            super().update(before, after, event)

    tickets = Contended()
    stored(tickets, due_at=NOW - HOUR)
    other = stored(tickets, 2, due_at=NOW - 2 * HOUR)
    # When the rule fires / Then the sweep goes on, and says what it left
    done = SweepRun(tickets, metrics, logger)(tick(AT_NOON), Context())
    assert done == {"escalated": 0, "contended": 2, "complete": True}
    assert tickets.get(other.id).version == 2
