"""The use cases: what the functions do, over the ports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ulid import ULID

from desk.domain import event
from desk.domain.errors import StaleTicketError
from desk.domain.ticket import Cause, Priority, Ticket, new_ticket
from desk.ports import Tickets

# How far back a sweep looks. A sweep that failed, or that ran out of time, is caught up with by
# any other within a day.
LOOK_BACK = timedelta(hours=24)


def open_ticket(
    tickets: Tickets, *, title: str, team: str, priority: Priority, due_at: datetime, cause: Cause
) -> Ticket:
    """Create a ticket, and the event that says so."""
    ticket = new_ticket(
        ticket_id=str(ULID.from_datetime(cause.at)),
        title=title,
        team=team,
        priority=priority,
        due_at=due_at,
        cause=cause,
    )
    tickets.add(ticket, event.of_change(event.EventType.CREATED, None, ticket))
    return ticket


@dataclass(frozen=True)
class Sweep:
    """What one sweep did.

    `contended` tickets were changed by somebody else meanwhile; the next sweep looks at them
    again. `complete` is False when the time was up before all were looked at.
    """

    escalated: tuple[str, ...]
    contended: tuple[str, ...]
    complete: bool


def escalate_overdue(tickets: Tickets, cause: Cause, has_time: Callable[[], bool]) -> Sweep:
    """Escalate every ticket whose deadline has passed, once for each deadline.

    Parameters
    ----------
    cause:
        The run; `cause.at` is the time that deadlines are held against.
    has_time:
        Asked before each ticket; the sweep ends early when it says no.
    """
    escalated: list[str] = []
    contended: list[str] = []
    complete = True
    for ticket_id in tickets.due(cause.at - LOOK_BACK, cause.at):
        if not has_time():
            complete = False
            break
        # the index lags behind the table: only the ticket itself says what it is now
        before = tickets.get(ticket_id)
        if not before.breached(cause.at):
            continue
        after = before.escalated(cause)
        try:
            tickets.update(before, after, event.of_change(event.EventType.ESCALATED, before, after))
        except StaleTicketError:
            contended.append(ticket_id)
        else:
            escalated.append(ticket_id)
    return Sweep(tuple(escalated), tuple(contended), complete)
