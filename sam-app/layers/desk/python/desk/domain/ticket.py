"""A ticket and the changes it can go through; each change gives the ticket's next version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, TypedDict

from desk.domain.errors import NotAllowedError
from desk.domain.teams import is_real

# Of one ticket: all that belongs to it is read at once when it is archived.
COMMENTS_LIMIT = 1000
REOPENING_PERIOD = timedelta(days=7)  # of a solved ticket; it is closed after that


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
        return self in RUNNING


RUNNING = (Status.NEW, Status.OPEN, Status.WAITING)

NEXT = {
    Status.NEW: (Status.OPEN,),
    Status.OPEN: (Status.WAITING, Status.SOLVED),
    Status.WAITING: (Status.OPEN,),
    Status.SOLVED: (Status.OPEN, Status.CLOSED),
    Status.CLOSED: (),
}


@dataclass(frozen=True)
class Cause:
    """Who changed something, when, and within which request or run."""

    actor: str
    at: datetime
    correlation_id: str


class Edit(TypedDict, total=False):
    """What somebody wants to be changed; what is left out stays as it is."""

    title: str
    team: str
    assignee: str | None
    priority: Priority
    status: Status
    due_at: datetime


# a named tuple, for pages are made of them: a frozen dataclass takes four times as long to make
class Ticket(NamedTuple):
    """A request to a team, with a deadline.

    `version` counts changes from 1, without gaps. `escalated_for` is the deadline whose breach
    has been answered by an escalation, so that each breach escalates once. `solved_at` and
    `closed_at` say since when the ticket is that. `comments` counts them.
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
    assignee: str | None = None
    escalated_for: datetime | None = None
    solved_at: datetime | None = None
    closed_at: datetime | None = None
    comments: int = 0

    def edited(self, edit: Edit, cause: Cause) -> Ticket:
        """The next version with these changes, or the ticket itself where none is one.

        Raises
        ------
        NotAllowedError
            The ticket is closed, its status cannot become the one asked for, or it would go from
            people to a smoke test's team or back: nobody would hear of it any more.
        """
        status = edit.get("status", self.status)
        changes = {name: value for name, value in edit.items() if getattr(self, name) != value}
        if not changes:
            return self
        self._must_not_be_closed()
        if is_real(self.team) != is_real(edit.get("team", self.team)):
            raise NotAllowedError("a ticket goes neither to nor from the team of a smoke test")
        changes.pop("status", None)
        moved = self if status == self.status else self._moved(status, cause.at)
        return moved._next(cause, **changes)

    def commented(self, cause: Cause) -> Ticket:
        """The next version: one comment more.

        Raises
        ------
        NotAllowedError
            The ticket is closed, or has as many comments as one can have.
        """
        self._must_not_be_closed()
        if self.comments >= COMMENTS_LIMIT:
            raise NotAllowedError(f"a ticket can have {COMMENTS_LIMIT} comments, not more")
        return self._next(cause, comments=self.comments + 1)

    def breached(self, now: datetime) -> bool:
        """Whether the deadline has passed and no escalation has answered that yet."""
        return self.status.running and self.due_at <= now and self.escalated_for != self.due_at

    def escalated(self, cause: Cause) -> Ticket:
        """The next version: one priority higher, this breach answered.

        An urgent ticket stays urgent; its breach is recorded all the same.
        """
        return self._next(cause, priority=self.priority.raised(), escalated_for=self.due_at)

    def left_solved(self, now: datetime) -> bool:
        """Whether it is solved for so long that it cannot be opened again."""
        return self.solved_at is not None and self.solved_at + REOPENING_PERIOD < now

    def closed(self, cause: Cause) -> Ticket:
        """The next version: closed for good.

        Raises
        ------
        NotAllowedError
            It is not solved.
        """
        return self._moved(Status.CLOSED, cause.at)._next(cause)

    def _moved(self, status: Status, now: datetime) -> Ticket:
        if status not in NEXT[self.status]:
            raise NotAllowedError(f"a ticket that is {self.status} cannot become {status}")
        if self.status is Status.SOLVED and status is Status.OPEN and self.left_solved(now):
            days = REOPENING_PERIOD.days
            raise NotAllowedError(f"a ticket can be opened again for {days} days, not longer")
        at = max(now, self.updated_at)
        return self._replace(
            status=status,
            solved_at=at if status is Status.SOLVED else None,
            closed_at=at if status is Status.CLOSED else None,
        )

    def _must_not_be_closed(self) -> None:
        if self.status is Status.CLOSED:
            raise NotAllowedError("a closed ticket does not change any more")

    def _next(self, cause: Cause, **changes: Any) -> Ticket:
        return self._replace(
            version=self.version + 1,
            # a run may answer for a time that lies before a change made meanwhile
            updated_at=max(cause.at, self.updated_at),
            actor=cause.actor,
            correlation_id=cause.correlation_id,
            **changes,
        )


def new_ticket(
    *,
    ticket_id: str,
    title: str,
    team: str,
    priority: Priority,
    due_at: datetime,
    cause: Cause,
    assignee: str | None = None,
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
        assignee=assignee,
    )
