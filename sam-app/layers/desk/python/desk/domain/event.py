"""Domain events: what happened to a ticket, written with the change itself (an outbox)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.domain.ticket import Priority, Status, Ticket


class EventType(StrEnum):
    """What can happen to a ticket."""

    CREATED = "TicketCreated"
    EDITED = "TicketEdited"
    COMMENTED = "TicketCommented"
    ESCALATED = "TicketEscalated"
    CLOSED = "TicketClosed"


@dataclass(frozen=True)
class State:
    """The part of a ticket that counters and receivers care about."""

    team: str
    status: Status
    priority: Priority


@dataclass(frozen=True)
class Event:
    """One change of one ticket: the state before (none for a new ticket) and after it.

    An event is identified by the ticket and the version it led to, so its id is the same however
    often it is delivered.
    """

    type: EventType
    ticket_id: str
    version: int
    before: State | None
    after: State
    occurred_at: datetime
    actor: str
    correlation_id: str

    @property
    def id(self) -> str:
        """`<ticket>#<version>`."""
        return f"{self.ticket_id}#{self.version}"

    @property
    def team(self) -> str:
        """The team that the ticket belongs to after the change."""
        return self.after.team


def of_change(kind: EventType, before: Ticket | None, after: Ticket) -> Event:
    """The event of a change from one version of a ticket to the next."""
    return Event(
        type=kind,
        ticket_id=after.id,
        version=after.version,
        before=_state(before) if before else None,
        after=_state(after),
        occurred_at=after.updated_at,
        actor=after.actor,
        correlation_id=after.correlation_id,
    )


def of_edit(before: Ticket, after: Ticket) -> Event:
    """The event of a change that somebody made: closing is the same, whoever does it."""
    closes = after.status is Status.CLOSED and before.status is not Status.CLOSED
    return of_change(EventType.CLOSED if closes else EventType.EDITED, before, after)


def _state(ticket: Ticket) -> State:
    return State(ticket.team, ticket.status, ticket.priority)
