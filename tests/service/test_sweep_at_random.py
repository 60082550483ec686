"""The sweep under whatever may happen: late, doubled, missed and killed runs, people in between.

The clock stands still until it moves on, and only then do the lists catch up: whatever was written
since is not in them yet. What holds then holds for any lag, and any order of ticks.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from desk.domain import instants
from desk.domain.errors import NotAllowedError, StaleTicketError
from desk.domain.event import Event, EventType
from desk.domain.jobs import Job
from desk.domain.ticket import Cause, Status, Ticket
from desk.store import ticket_item
from tests.service.in_memory import InMemoryTickets
from tests.service.samples import DAY, HOUR, NOW
from tests.service.scheduled_world import Countdown, Killed, World

MINUTE = timedelta(minutes=1)
# how far an API function's clock may be behind EventBridge's
SKEW = 20 * MINUTE

spans = st.one_of(
    st.integers(0, 90).map(lambda minutes: minutes * MINUTE),
    st.integers(0, 12 * 24).map(lambda hours: hours * HOUR),
)
tickets = st.integers(0, 5)
# of the calls that a sweep makes, and before or after which of them
calls = st.tuples(
    st.sampled_from(["acquire", "cursor", "due", "solved", "get_many", "tell", "move", "release"])
    | st.just("update"),
    st.integers(1, 6),
)
faults = st.dictionaries(calls, st.sampled_from(["fail", "kill", "edit", "comment"]), max_size=3)


class Recorded(InMemoryTickets):
    """Tickets that keep what the sweep has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.swept: list[tuple[Ticket, Ticket, Event]] = []

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        super().update(before, after, event)
        if event.actor == "schedule:sweep":
            self.swept.append((before, after, event))


class Skewed(World):
    """A desk whose API's clock may be behind."""

    behind = timedelta()

    def cause(self) -> Cause:
        return Cause("api-key:k1", self.now - self.behind, "c-1")


class Sweeping(RuleBasedStateMachine):
    """People, time, and the rule."""

    def __init__(self) -> None:
        super().__init__()
        self.world = Skewed()
        self.world.tickets = self.world.lists._tickets = Recorded()
        self.world.sweep()
        self.ids: list[str] = []
        self.latest = self.world.now  # of the ticks so far

    def teardown(self) -> None:
        self.world.metrics.clear_metrics()

    # people

    @precondition(lambda self: len(self.ids) < 6)
    @rule(due_in=spans, ago=st.booleans(), behind=st.integers(0, 20))
    def open(self, due_in: timedelta, ago: bool, behind: int) -> None:
        self.world.behind = behind * MINUTE
        due_at = self.world.now - due_in if ago else self.world.now + due_in
        self.ids.append(self.world.open(len(self.ids) + 1, due_at=due_at).id)

    @precondition(lambda self: self.ids)
    @rule(which=tickets, due_in=spans, ago=st.booleans(), behind=st.integers(0, 20))
    def put_off(self, which: int, due_in: timedelta, ago: bool, behind: int) -> None:
        self.world.behind = behind * MINUTE
        due_at = self.world.now - due_in if ago else self.world.now + due_in
        with suppress(NotAllowedError):
            self.world.edit(self._one(which), due_at=due_at)

    @precondition(lambda self: self.ids)
    @rule(which=tickets, status=st.sampled_from([Status.OPEN, Status.WAITING, Status.SOLVED]))
    def work(self, which: int, status: Status) -> None:
        with suppress(NotAllowedError):
            self.world.edit(self._one(which), status=status)

    @precondition(lambda self: self.ids)
    @rule(which=tickets)
    def comment(self, which: int) -> None:
        with suppress(NotAllowedError):
            self.world.comment(self._one(which))

    # time

    @rule(by=spans | st.just(15 * MINUTE))
    def move_on(self, by: timedelta) -> None:
        self.world.move_on(self.world.now + by)

    # the rule

    @rule(
        late_by=st.one_of(st.just(timedelta()), spans),
        questions=st.one_of(st.just(10**6), st.integers(2, 40)),
        identity=st.sampled_from([None, None, "again"]),
        faults=faults,
        which=tickets,
    )
    def tick(
        self,
        late_by: timedelta,
        questions: int,
        identity: str | None,
        faults: dict[tuple[str, int], str],
        which: int,
    ) -> None:
        self.disturbed_sweep(late_by, questions, identity, faults, which)

    def disturbed_sweep(
        self,
        late_by: timedelta,
        questions: int,
        identity: str | None,
        faults: dict[tuple[str, int], str],
        which: int,
    ) -> None:
        """A sweep that time, faults and people come in between."""
        self.world.faults.plan(
            {call: lambda kind=kind: self._happen(kind, which) for call, kind in faults.items()}
        )
        at = self.world.now - late_by
        with suppress(Killed, TimeoutError, ExceptionGroup):
            self.world.sweep(at, context=Countdown(questions), identity=identity)
        self.latest = max(self.latest, at)
        self.world.faults.plan({})

    def _happen(self, kind: str, which: int) -> None:
        if kind == "kill":
            raise Killed
        if kind == "fail":
            raise TimeoutError("no answer")
        if self.ids:
            with suppress(NotAllowedError, StaleTicketError):
                if kind == "comment":
                    self.world.comment(self._one(which))
                else:
                    self.world.edit(self._one(which), title=f"Changed {self.world.tickets.events}")

    def _one(self, which: int) -> str:
        return self.ids[which % len(self.ids)]

    # what always holds

    @property
    def swept(self) -> list[tuple[Ticket, Ticket, Event]]:
        assert isinstance(self.world.tickets, Recorded)
        return self.world.tickets.swept

    @invariant()
    def each_breach_is_escalated_once_at_most(self) -> None:
        for before, after, event in self.swept:
            if event.type is EventType.ESCALATED:
                assert before.status.running
                assert before.due_at <= self.latest
                assert before.escalated_for != before.due_at
                assert after.escalated_for == before.due_at
                assert after.priority is before.priority.raised()

    @invariant()
    def nothing_is_closed_that_could_be_opened_again(self) -> None:
        for before, _, event in self.swept:
            if event.type is EventType.CLOSED:
                assert before.solved_at is not None
                assert before.solved_at + 7 * DAY < self.latest

    @invariant()
    def the_cursor_passes_nothing_that_is_left_to_do(self) -> None:
        cursor = self.world.cursor(Job.SWEEP)
        first_hour = instants.start_of_hour(cursor["hour"]) - HOUR
        for each in map(self.world.tickets.get, self.ids):
            if each.breached(self.latest):
                assert instants.hour(max(each.due_at, each.updated_at)) >= instants.hour(first_hour)
            if each.left_solved(self.latest):
                assert each.solved_at is not None
                assert each.solved_at.date().isoformat() >= cursor["day"]

    @invariant()
    def each_escalation_is_told_once_at_most(self) -> None:
        told = Counter(event.id for event in self.world.webhook.told)
        assert set(told.values()) <= {1}
        escalated = {e.id for _, _, e in self.swept if e.type is EventType.ESCALATED}
        assert told.keys() <= escalated

    def two_more_ticks(self) -> None:
        """Whatever has happened: two sweeps that nothing disturbs do all that is left."""
        for _ in range(2):
            # a killed run's lease is over by then, and the lists have caught up
            self.world.move_on(max(self.world.now, self.latest) + 15 * MINUTE)
            self.latest = self.world.now
            done = self.world.sweep()["sweep"]
            assert done["complete"]
        for each in map(self.world.tickets.get, self.ids):
            assert not each.breached(self.world.now)
            assert not each.left_solved(self.world.now)
            # and only what runs stands where the sweep looks for what is overdue
            stands_under = ticket_item.to_item(each)["gsi3pk"]
            assert stands_under.startswith("DUE#") is each.status.running

    @rule()
    def everything_is_done_in_the_end(self) -> None:
        self.two_more_ticks()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    due=st.lists(st.integers(0, 5 * 60), max_size=4),
    solved=st.lists(st.integers(0, 5 * 60), max_size=4),
    sweeps=st.lists(
        st.tuples(
            st.integers(0, 14).map(lambda hours: hours * HOUR),
            faults,
            st.sampled_from([10**6, *range(2, 40, 3)]),
            tickets,
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_whatever_disturbs_the_sweeps_nothing_is_left_undone(
    due: list[int], solved: list[int], sweeps: list[tuple[timedelta, dict[Any, str], int, int]]
) -> None:
    # Given tickets of which each becomes overdue, or left solved, within the same five hours
    machine = Sweeping()
    world, start = machine.world, NOW + 7 * DAY
    for minutes in sorted(solved):
        world.move_on(NOW + minutes * MINUTE)
        machine.ids.append(world.solve(world.open(len(machine.ids), due_at=NOW + 60 * DAY).id).id)
    for minutes in due:
        due_at = start + minutes * MINUTE
        machine.ids.append(world.open(len(machine.ids), due_at=due_at).id)
    for hours in range(24, 7 * 24, 24):
        world.move_on(NOW + hours * HOUR)
        world.sweep()
    world.move_on(start)
    # When sweeps are disturbed in any way, by people as well
    for passed, disturbed, questions, which in sweeps:
        world.move_on(world.now + passed)
        machine.disturbed_sweep(timedelta(), questions, None, disturbed, which)
        machine.the_cursor_passes_nothing_that_is_left_to_do()
    # Then those that follow do the rest
    machine.two_more_ticks()
    machine.each_breach_is_escalated_once_at_most()
    machine.each_escalation_is_told_once_at_most()
    machine.teardown()


def test_nothing_is_missed_and_nothing_done_twice() -> None:
    # Given any sequence of what people, time and the rule may do / Then it always holds
    run_state_machine_as_test(
        Sweeping,
        settings=settings(
            max_examples=80,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
