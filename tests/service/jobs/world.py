"""The scheduled function over ports in memory, where any call can fail and a run be killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from desk.domain import instants
from desk.domain.event import Event, EventType
from desk.domain.jobs import Job
from desk.domain.ticket import Cause, Edit, Status, Ticket
from desk.jobs.archive import Archiving
from desk.jobs.leased import Leased
from desk.jobs.reconciliation import Reconciliation
from desk.jobs.scheduled import ScheduledEvents
from desk.jobs.sweep import Sweep
from tests.service.in_memory import (
    InMemoryArchive,
    InMemoryJobs,
    InMemoryObjects,
    InMemoryStatistics,
    InMemoryTeams,
    InMemoryTickets,
    InMemoryWatchers,
    InMemoryWebhook,
)
from tests.service.samples import NOW, Context, changed, comment, created, tick, ticket

SWEEP_RULE, NIGHTLY_RULE = "desk-test-sweep", "desk-test-nightly"


class Killed(BaseException):
    """The run is over, at once."""


class Countdown(Context):
    """An invocation whose time is up after so many questions for it."""

    def __init__(self, questions: int = 1_000_000) -> None:
        super().__init__()
        self._questions = questions

    def get_remaining_time_in_millis(self) -> int:
        self._questions -= 1
        return 120_000 if self._questions >= 0 else 500


class LaggingLists:
    """The lists as they were when they were last brought up to date."""

    def __init__(self, tickets: InMemoryTickets) -> None:
        self._tickets = tickets
        self._then = InMemoryTickets()

    def catch_up(self) -> None:
        self._then._tickets = dict(self._tickets._tickets)

    def due(self, hour: str, until: datetime) -> Iterable[str]:
        return self._then.due(hour, until)

    def solved(self, day: date, until: datetime) -> Iterable[str]:
        return self._then.solved(day, until)

    def closed(self, day: date, until: datetime) -> Iterable[str]:
        return self._then.closed(day, until)

    def all_of_team(self, team: str, status: Status) -> Iterable[str]:
        return self._then.all_of_team(team, status)


class Faults:
    """Does something in the middle of the calls of ports.

    Each call counts twice: something can happen before its effect, and after it.
    """

    def __init__(self) -> None:
        self._at: Mapping[int | tuple[str, int], Callable[[], None]] = {}
        self._calls: Counter[str] = Counter()

    def plan(self, at: Mapping[Any, Callable[[], None]]) -> None:
        """What happens from now on: by the number of a call, or of a call of this name."""
        self._at = at
        self._calls.clear()

    def armed(self, port: Any) -> Any:
        """The port, with these faults."""
        return _Armed(port, self)

    def pass_by(self, name: str) -> None:
        """Let happen what is planned for here."""
        self._calls[name] += 1
        for place in (self._calls.total(), (name, self._calls[name])):
            self._at.get(place, lambda: None)()


class _Armed:
    def __init__(self, port: Any, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._faults.pass_by(name)
            answer = getattr(self._port, name)(*args, **kwargs)
            # a list is read when it is asked for, not while faults go on
            answer = list(answer) if isinstance(answer, Iterator) else answer
            self._faults.pass_by(name)
            return answer

        return call


class World:
    """A desk of which only the jobs are the real ones; its clock stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.tickets = InMemoryTickets()
        self.lists = LaggingLists(self.tickets)
        self.watchers = InMemoryWatchers(self.tickets)
        self.teams = InMemoryTeams()
        self.statistics = InMemoryStatistics()
        self.jobs = InMemoryJobs()
        self.objects = InMemoryObjects()
        self.webhook = InMemoryWebhook()
        self.archive = InMemoryArchive(self.tickets, self.watchers)
        self.faults = Faults()
        self.metrics = Metrics(namespace="Test", service="test")
        self.logger = Logger(service="test")
        self.ticks = 0
        self._delivered = 0

    # what people do

    def move_on(self, to: datetime) -> None:
        self.now = to
        self.lists.catch_up()

    def cause(self) -> Cause:
        return Cause("api-key:k1", self.now, "c-1")

    def open(self, number: int, due_at: datetime, **of: Any) -> Ticket:
        made = ticket(number, due_at=due_at, cause=self.cause(), **of)
        self.tickets.add(made, created(made))
        return made

    def edit(self, ticket_id: str, **edit: Any) -> Ticket:
        before = self.tickets.get(ticket_id)
        after = before.edited(Edit(**edit), self.cause())  # type: ignore[typeddict-item]
        if after != before:
            self.tickets.update(before, after, changed(before, after))
        return after

    def solve(self, ticket_id: str) -> Ticket:
        self.edit(ticket_id, status=Status.OPEN)
        return self.edit(ticket_id, status=Status.SOLVED)

    def close(self, ticket_id: str) -> Ticket:
        before = self.solve(ticket_id)
        after = before.closed(self.cause())
        self.tickets.update(before, after, changed(before, after, EventType.CLOSED))
        return after

    def comment(self, ticket_id: str, number: int = 1) -> None:
        before = self.tickets.get(ticket_id)
        after = before.commented(self.cause())
        event = changed(before, after, EventType.COMMENTED)
        self.tickets.comment(before, after, comment(before, number, self.now), event)

    def deliver(self) -> None:
        """Let the counters hear of every event that they have not heard of."""
        for event in self.tickets.events[self._delivered :]:
            self.statistics.count(event, self.now)
        self._delivered = len(self.tickets.events)

    # what the rules do

    def sweep(self, at: datetime | None = None, **how: Any) -> dict[str, Any]:
        return self._fire(SWEEP_RULE, at or self.now, **how)

    def night(self, at: datetime | None = None, **how: Any) -> dict[str, Any]:
        return self._fire(NIGHTLY_RULE, at or self.now, **how)

    def _fire(
        self,
        rule: str,
        at: datetime,
        context: Context | None = None,
        identity: str | None = None,
    ) -> dict[str, Any]:
        self.ticks += 1
        event = tick(instants.text(at), identity or f"tick-{self.ticks}", rule)
        return self.function()(event, context or Countdown())

    def function(self) -> ScheduledEvents:
        """The function as its entry point wires it, over these ports."""
        armed = self.faults.armed
        tickets, lists, jobs = armed(self.tickets), armed(self.lists), armed(self.jobs)
        works = {
            SWEEP_RULE: (
                Sweep(
                    tickets,
                    lists,
                    lambda has_time: armed(self.webhook),
                    self.metrics,
                    self.logger,
                ),
            ),
            NIGHTLY_RULE: (
                Reconciliation(
                    armed(self.teams),
                    armed(self.statistics),
                    tickets,
                    lists,
                    self.metrics,
                    self.logger,
                ),
                Archiving(tickets, lists, armed(self.archive), armed(self.objects), self.metrics),
            ),
        }
        leased = Leased(jobs, self.logger)
        return ScheduledEvents(works, leased, self.logger, clock=lambda: self.now)

    # what came of it

    def events_of(self, kind: EventType) -> list[Event]:
        return [event for event in self.tickets.events if event.type is kind]

    def cursor(self, job: Job) -> dict[str, str]:
        return dict(self.jobs.cursor(job))

    def metric(self, name: str) -> float:
        """The metric's last value."""
        return float(self.metrics.metric_set[name]["Value"][-1])
