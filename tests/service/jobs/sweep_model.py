"""A desk that is swept whatever happens, and what has to hold of it all along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from desk.domain import instants
from desk.domain.errors import NotAllowedError, StaleTicketError
from desk.domain.event import Event, EventType
from desk.domain.jobs import Job
from desk.domain.ticket import Cause, Status, Ticket
from desk.store import ticket_item
from tests.service.in_memory import InMemoryTickets
from tests.service.jobs.world import Countdown, Killed, World
from tests.service.samples import DAY, HOUR

MINUTE = timedelta(minutes=1)
SWEEP = "schedule:sweep"


@dataclass(frozen=True)
class Disturbance:
    """What comes between a sweep's beginning and its end.

    Parameters
    ----------
    faults:
        What happens at which call of a port: it fails, the run is killed, somebody edits, comments.
    questions:
        How often the sweep may ask for the time before it is up.
    which:
        Whom edits and comments are about.
    """

    faults: Mapping[tuple[str, int], str]
    questions: int
    which: int


def disturbances() -> st.SearchStrategy[Disturbance]:
    """Any; the simplest is that nothing comes in between."""
    names = ["acquire", "cursor", "due", "solved", "get_many", "tell", "move", "release", "update"]
    calls = st.tuples(st.sampled_from(names), st.integers(1, 6))
    kinds = st.sampled_from(["fail", "kill", "edit", "comment"])
    return st.builds(
        Disturbance,
        faults=st.dictionaries(calls, kinds, max_size=3),
        questions=st.one_of(st.just(10**6), st.integers(2, 40)),
        which=st.integers(0, 7),
    )


class Recorded(InMemoryTickets):
    """Tickets that keep what was changed, and what of it by the sweep."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[tuple[Ticket, Ticket, Event]] = []

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        super().update(before, after, event)
        self.changes.append((before, after, event))


class SweptDesk(World):
    """A desk whose API's clock may be behind, and whose sweeps may be late, doubled, disturbed."""

    behind = timedelta()

    def __init__(self) -> None:
        super().__init__()
        self.recorded = Recorded()
        self.tickets = self.lists._tickets = self.recorded
        self.sweep()
        self.ids: list[str] = []
        self.latest = self.now  # of the ticks so far
        self._reached: dict[str, str] = {}

    def cause(self) -> Cause:
        return Cause("api-key:k1", self.now - self.behind, "c-1")

    def new(self, due_at: datetime) -> str:
        """Another ticket with this deadline."""
        self.ids.append(self.open(len(self.ids) + 1, due_at=due_at).id)
        return self.ids[-1]

    def quiet_days(self, days: int) -> None:
        """So many days, with a sweep a day."""
        for _ in range(days):
            self.move_on(self.now + DAY)
            self.sweep()
            self.latest = max(self.latest, self.now)

    def disturbed_sweep(
        self, by: Disturbance, late_by: timedelta = timedelta(), identity: str | None = None
    ) -> None:
        """A sweep that time, faults and people come in between."""
        self.faults.plan(
            {
                call: lambda kind=kind: self._happen(kind, by.which)
                for call, kind in by.faults.items()
            }
        )
        at = self.now - late_by
        with suppress(Killed, TimeoutError, ExceptionGroup):
            self.sweep(at, context=Countdown(by.questions), identity=identity)
        self.latest = max(self.latest, at)
        self.faults.plan({})

    def two_more_sweeps(self) -> None:
        """Whatever has happened: two sweeps that nothing disturbs do all that is left."""
        for _ in range(2):
            # a killed run's lease is over by then, and the lists have caught up
            self.move_on(max(self.now, self.latest) + 15 * MINUTE)
            self.latest = self.now
            assert self.sweep()["sweep"]["complete"]
        for each in map(self.tickets.get, self.ids):
            assert not self._overdue(each)
            assert not self._left_solved(each)
            # and only what runs stands where the sweep looks for what is overdue
            stands_under = ticket_item.to_item(each)["gsi3pk"]
            assert stands_under.startswith("DUE#") is each.status.running

    # what always holds

    def each_breach_is_escalated_once_at_most(self) -> None:
        for before, after, _ in self._swept(EventType.ESCALATED):
            assert before.status.running
            assert before.due_at <= self.latest
            assert before.escalated_for != before.due_at
            assert after.escalated_for == before.due_at
            assert after.priority is before.priority.raised()

    def nothing_is_closed_that_could_be_opened_again(self) -> None:
        for before, _, _ in self._swept(EventType.CLOSED):
            assert before.status is Status.SOLVED
            assert self._solved_at(before) + 7 * DAY < self.latest

    def the_cursor_passes_nothing_that_is_left_to_do(self) -> None:
        cursor = self.cursor(Job.SWEEP)
        first_hour = instants.hour(instants.start_of_hour(cursor["hour"]) - HOUR)
        for each in map(self.tickets.get, self.ids):
            if self._overdue(each):
                assert instants.hour(max(each.due_at, each.updated_at)) >= first_hour
            if self._left_solved(each):
                assert self._solved_at(each).date().isoformat() >= cursor["day"]

    def the_cursor_never_goes_back(self) -> None:
        cursor = self.cursor(Job.SWEEP)
        assert all(cursor[name] >= reached for name, reached in self._reached.items())
        self._reached = cursor

    def each_escalation_is_told_once_at_most(self) -> None:
        told = Counter(event.id for event in self.webhook.told)
        assert set(told.values()) <= {1}
        assert told.keys() <= {e.id for _, _, e in self._swept(EventType.ESCALATED)}

    # what has happened

    def seen(self) -> Counter[str]:
        """How often the sweep, and people after it, did what the tests are about."""
        changes = self.recorded.changes
        edits = [(before, after) for before, after, event in changes if event.actor != SWEEP]
        return Counter(
            escalated=len(self._swept(EventType.ESCALATED)),
            closed=len(self._swept(EventType.CLOSED)),
            reopened=sum(
                before.status is Status.SOLVED and after.status is Status.OPEN
                for before, after in edits
            ),
            due_again=sum(
                before.escalated_for == before.due_at != after.due_at for before, after in edits
            ),
            escalated_again=sum(
                before.escalated_for is not None
                for before, _, _ in self._swept(EventType.ESCALATED)
            ),
        )

    def _swept(
        self, kind: EventType, of: Ticket | None = None
    ) -> list[tuple[Ticket, Ticket, Event]]:
        return [
            each
            for each in self.recorded.changes
            if each[2].actor == SWEEP
            and each[2].type is kind
            and (of is None or each[2].ticket_id == of.id)
        ]

    # by what was written, and not by what the tickets themselves say of it

    def _overdue(self, ticket: Ticket) -> bool:
        running = ticket.status in {Status.NEW, Status.OPEN, Status.WAITING}
        answered = [each.due_at for each, _, _ in self._swept(EventType.ESCALATED, ticket)]
        return running and ticket.due_at <= self.latest and answered[-1:] != [ticket.due_at]

    def _left_solved(self, ticket: Ticket) -> bool:
        solved = ticket.status is Status.SOLVED
        return solved and self._solved_at(ticket) + 7 * DAY < self.latest

    def _solved_at(self, ticket: Ticket) -> datetime:
        *_, last = (
            after.updated_at
            for before, after, _ in self.recorded.changes
            if before.id == ticket.id and before.status is not after.status is Status.SOLVED
        )
        return last

    def _happen(self, kind: str, which: int) -> None:
        if kind == "kill":
            raise Killed
        if kind == "fail":
            raise TimeoutError("no answer")
        if not self.ids:
            return
        ticket = self.ids[which % len(self.ids)]
        with suppress(NotAllowedError, StaleTicketError):
            if kind == "comment":
                self.comment(ticket)
            else:
                self.edit(ticket, title=f"Changed {len(self.tickets.events)}")
