"""The sweep: escalates what is overdue, and closes what has been solved for long enough.

Everything is as of the run's own time, and each change is conditional on the version that was
read: a run that comes late, twice, or beside another does nothing a second time.

Where the last run stopped
--------------------------
The cursor names an hour and a day. All tickets under earlier ones were seen to. The hour is that of
the run's time at most, for more of its tickets may become due before it is over; the day likewise.

Each run begins one hour before the cursor's. A running ticket stands under the hour of its deadline
or of its last change, whichever is later, by the clock of the function that wrote it. That clock
may be behind EventBridge's, and the list may lag behind the write: both are far less than an hour.
So no ticket can come to stand under an hour that is not looked at again.

A solved ticket stands under the day on which it was solved, and a comment does not move it: that is
why the cursor never passes a ticket that was changed while it was to be closed.

The cursor also says until when all was seen to that was due: the time of the last run that ended
well. Hours and days alone are too coarse to tell a run that is late from one just after midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from desk.domain import instants
from desk.domain.errors import StaleTicketError, UndeliveredError
from desk.domain.event import Event, EventType, of_change
from desk.domain.teams import is_real
from desk.domain.ticket import REOPENING_PERIOD, Cause, Ticket
from desk.ports.jobs import Webhook
from desk.ports.tickets import TicketLists, Tickets
from desk.service.effort import Effort
from desk.service.run import Run
from desk.service.walk import Walk

ACTOR = "schedule:sweep"
OVERLAP = timedelta(hours=1)
# How far back the first run of all looks.
FIRST_LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True)
class Swept:
    """What a sweep did.

    Parameters
    ----------
    contended:
        Tickets that somebody else changed meanwhile; the next sweep sees to them.
    undelivered:
        Escalations that the outside system was not told of.
    complete:
        Whether everything was looked at: False when time was up, or when nothing worked any more.
    lag:
        How far behind its own time it stopped; nothing where all was done that could be.
    cursor:
        Where the next one begins.
    errors:
        What failed; the next sweep tries again.
    """

    escalated: tuple[str, ...]
    closed: tuple[str, ...]
    contended: tuple[str, ...]
    undelivered: tuple[UndeliveredError, ...]
    complete: bool
    lag: timedelta
    cursor: Mapping[str, str]
    errors: tuple[Exception, ...]


def sweep(run: Run, tickets: Tickets, lists: TicketLists, webhook: Webhook) -> Swept:
    """Escalate each breach of a deadline once, and close what cannot be opened again."""
    effort = Effort(run.has_time)
    walk = Walk(tickets, effort)
    changes = _Changes(tickets, webhook, Cause(ACTOR, run.at, correlation_id=run.id))
    hours, days = _Hours.of(run), _Days.of(run)
    overdue = walk.through(
        hours.span(), lambda hour: lists.due(hour, run.at), changes.escalate_if_overdue
    )
    left_solved = walk.through(
        days.span(), lambda day: lists.solved(day, days.until), changes.close_if_left_solved
    )
    behind = not effort.complete or bool(effort.errors)
    done_until = _done_until(run)
    open_since = [each for each in (hours.since(overdue), days.since(left_solved)) if each]
    return Swept(
        escalated=tuple(changes.escalated),
        closed=tuple(changes.closed),
        contended=tuple(changes.contended),
        undelivered=tuple(changes.undelivered),
        complete=effort.complete,
        lag=_lag(run.at, done_until, open_since) if behind else timedelta(),
        cursor={
            "hour": hours.reached(overdue),
            "day": days.reached(left_solved),
            "done_until": instants.text(done_until if behind else max(done_until, run.at)),
        },
        errors=tuple(effort.errors),
    )


def _done_until(run: Run) -> datetime:
    if "done_until" in run.cursor:
        return instants.parse(run.cursor["done_until"])
    # a cursor of before there was such a thing, or none
    hour = run.cursor.get("hour")
    return instants.start_of_hour(hour) if hour else run.at - FIRST_LOOK_BACK


def _lag(at: datetime, done_until: datetime, open_since: Iterable[datetime]) -> timedelta:
    """How long the oldest may be due that was not seen to.

    What stands under an hour or a day became due in it at the earliest, and after the last run that
    ended well.
    """
    return max((at - max(done_until, each) for each in open_since), default=timedelta())


@dataclass(frozen=True)
class _Hours:
    """The hours that a sweep goes through."""

    cursor: datetime
    until: datetime

    @classmethod
    def of(cls, run: Run) -> _Hours:
        hour = run.cursor.get("hour") or instants.hour(run.at - FIRST_LOOK_BACK)
        return cls(instants.start_of_hour(hour), run.at)

    def span(self) -> list[str]:
        first = self.cursor - OVERLAP
        return instants.hours(first, self.until) if first <= self.until else []

    def reached(self, first_open: str | None) -> str:
        # never back: a late run looked at less than those before it. The hour before the cursor's
        # can be open, too, and is looked at the next time as it is
        return max(instants.hour(self.cursor), first_open or instants.hour(self.until))

    def since(self, first_open: str | None) -> datetime | None:
        """From when on something may be due and not done."""
        return instants.start_of_hour(first_open) if first_open else None


@dataclass(frozen=True)
class _Days:
    """The days of being solved that a sweep goes through."""

    cursor: date
    until: datetime

    @classmethod
    def of(cls, run: Run) -> _Days:
        until = run.at - REOPENING_PERIOD
        stored = run.cursor.get("day")
        return cls(
            date.fromisoformat(stored) if stored else (until - FIRST_LOOK_BACK).date(), until
        )

    def span(self) -> list[date]:
        return instants.days(self.cursor, self.until.date())

    def reached(self, first_open: date | None) -> str:
        return max(self.cursor, first_open or self.until.date()).isoformat()

    def since(self, first_open: date | None) -> datetime | None:
        """From when on something may be due and not done."""
        if first_open is None:
            return None
        return datetime.combine(first_open, time(), UTC) + REOPENING_PERIOD


class _Changes:
    """Makes the sweep's changes, and keeps what became of them."""

    def __init__(self, tickets: Tickets, webhook: Webhook, cause: Cause) -> None:
        self.escalated: list[str] = []
        self.closed: list[str] = []
        self.contended: list[str] = []
        self.undelivered: list[UndeliveredError] = []
        self._tickets = tickets
        self._webhook = webhook
        self._cause = cause

    def escalate_if_overdue(self, ticket: Ticket) -> bool:
        if not ticket.breached(self._cause.at):
            return True
        return self._change(EventType.ESCALATED, ticket, ticket.escalated(self._cause))

    def close_if_left_solved(self, ticket: Ticket) -> bool:
        if not ticket.left_solved(self._cause.at):
            return True
        return self._change(EventType.CLOSED, ticket, ticket.closed(self._cause))

    def _change(self, kind: EventType, before: Ticket, after: Ticket) -> bool:
        event = of_change(kind, before, after)
        try:
            self._tickets.update(before, after, event)
        except StaleTicketError:
            self.contended.append(before.id)
            return False
        if kind is EventType.CLOSED:
            self.closed.append(after.id)
        else:
            self.escalated.append(after.id)
            if is_real(event.team):
                self._tell(event)
        return True

    def _tell(self, event: Event) -> None:
        # the change stands, whoever hears of it: the bus carries the same event, and without fail
        try:
            self._webhook.tell(event)
        except UndeliveredError as error:
            self.undelivered.append(error)
