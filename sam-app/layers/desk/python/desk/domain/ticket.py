"""A ticket and the changes it can go through; each change gives the ticket's next version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """From the least to the most pressing."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    def raised(self) -> Priority:
        """The next higher one; the highest stays."""
        ladder = list(Priority)
        return ladder[min(ladder.index(self) + 1, len(ladder) - 1)]


class Status(StrEnum):
    """Where a ticket is in its life: new → open → waiting ⇄ open → solved → closed."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"

    @property
    def running(self) -> bool:
        """Whether the ticket's deadline still counts."""
        return self in (Status.NEW, Status.OPEN, Status.WAITING)


@dataclass(frozen=True)
class Cause:
    """Who changed something, when, and within which request or run."""

    actor: str
    at: datetime
    correlation_id: str


@dataclass(frozen=True)
class Ticket:
    """A request to a team, with a deadline.

    `version` counts changes from 1, without gaps. `escalated_for` is the deadline whose breach
    has been answered by an escalation, so that each breach escalates once.
    """

    id: str
    title: str
    team: str
    priority: Priority
    status: Status
    due_at: datetime
    version: int
    created_at: datetime
    updated_at: datetime
    actor: str
    correlation_id: str
    escalated_for: datetime | None = None

    def breached(self, now: datetime) -> bool:
        """Whether the deadline has passed and no escalation has answered that yet."""
        return self.status.running and self.due_at <= now and self.escalated_for != self.due_at

    def escalated(self, cause: Cause) -> Ticket:
        """The next version: one priority higher, this breach answered.

        An urgent ticket stays urgent; its breach is recorded all the same.
        """
        return replace(
            self,
            priority=self.priority.raised(),
            escalated_for=self.due_at,
            version=self.version + 1,
            updated_at=cause.at,
            actor=cause.actor,
            correlation_id=cause.correlation_id,
        )


def new_ticket(
    *, ticket_id: str, title: str, team: str, priority: Priority, due_at: datetime, cause: Cause
) -> Ticket:
    """A ticket in its first version.

    Parameters
    ----------
    ticket_id:
        A ULID: unique, and in the order of creation.
    due_at:
        The deadline; it may have passed already.
    cause:
        The request that brings the ticket.
    """
    return Ticket(
        id=ticket_id,
        title=title,
        team=team,
        priority=priority,
        status=Status.NEW,
        due_at=due_at,
        version=1,
        created_at=cause.at,
        updated_at=cause.at,
        actor=cause.actor,
        correlation_id=cause.correlation_id,
    )
