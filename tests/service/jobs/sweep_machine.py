"""What people, time and the rule may do to a desk, in any order.

The clock stands still until it moves on, and only then do the lists catch up: whatever was written
since is not in them yet. What holds then holds for any lag, and any order of ticks.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from hypothesis import event, target
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from desk.domain.errors import NotAllowedError
from desk.domain.ticket import Status
from tests.service.jobs.sweep_model import MINUTE, Disturbance, SweptDesk, disturbances
from tests.service.samples import DAY, HOUR

MOST = 8  # tickets of a desk

spans = st.one_of(
    st.integers(0, 90).map(lambda minutes: minutes * MINUTE),
    st.integers(0, 12 * 24).map(lambda hours: hours * HOUR),
)
# to a deadline; those that have passed already come as often
leads = st.one_of(spans, spans.map(lambda span: -span))
# a solved ticket is closed after seven days: far more than other spans come to
steps = st.one_of(spans, st.sampled_from([15 * MINUTE, 7 * DAY, 7 * DAY + 15 * MINUTE]))
# how far an API function's clock may be behind EventBridge's
skews = st.integers(0, 20).map(lambda minutes: minutes * MINUTE)


class Sweeping(RuleBasedStateMachine):
    """People, time, and the rule."""

    running = Bundle("running")
    solved = Bundle("solved")

    def __init__(self, seen: list[Counter[str]] | None = None) -> None:
        super().__init__()
        self.desk = SweptDesk()
        self._seen = seen

    def teardown(self) -> None:
        seen = self.desk.seen()
        for name, times in seen.items():
            event(f"{name}: {'yes' if times else 'no'}")
        target(float(sum(map(bool, seen.values()))), label="kinds of things that happened")
        if self._seen is not None:
            self._seen.append(seen)
        self.desk.metrics.clear_metrics()

    # a desk that has been at work: without one, half of the runs would be about nothing

    @initialize(target=running, leads=st.lists(leads, min_size=2, max_size=3))
    def tickets_that_run(self, leads: list[timedelta]) -> MultipleResults[str]:
        return multiple(*(self.desk.new(self.desk.now + lead) for lead in leads))

    @initialize(
        target=solved,
        after=st.lists(st.integers(0, 300), min_size=1, max_size=3),
        days=st.integers(0, 7),
    )
    def tickets_that_were_solved(self, after: list[int], days: int) -> MultipleResults[str]:
        start, made = self.desk.now, []
        for minutes in sorted(after):
            self.desk.move_on(start + minutes * MINUTE)
            made.append(self.desk.solve(self.desk.new(self.desk.now + 60 * DAY)).id)
        self.desk.quiet_days(days)
        return multiple(*made)

    # people

    @precondition(lambda self: len(self.desk.ids) < MOST)
    @rule(target=running, lead=leads, skew=skews)
    def open(self, lead: timedelta, skew: timedelta) -> str:
        self.desk.behind = skew
        return self.desk.new(self.desk.now + lead)

    @rule(ticket=running, lead=leads, skew=skews)
    def put_off(self, ticket: str, lead: timedelta, skew: timedelta) -> None:
        self.desk.behind = skew
        self.desk.edit(ticket, due_at=self.desk.now + lead)

    @rule(ticket=running, status=st.sampled_from([Status.OPEN, Status.WAITING]))
    def work(self, ticket: str, status: Status) -> None:
        with suppress(NotAllowedError):  # what is new does not wait
            self.desk.edit(ticket, status=status)

    @rule(target=solved, ticket=consumes(running))
    def solve(self, ticket: str) -> str:
        return self.desk.solve(ticket).id

    @rule(target=running, ticket=consumes(solved), lead=leads)
    def open_again(self, ticket: str, lead: timedelta) -> str | MultipleResults[str]:
        try:
            self.desk.edit(ticket, status=Status.OPEN, due_at=self.desk.now + lead)
        except NotAllowedError:
            return multiple()  # solved for too long, and left to the sweep
        return ticket

    @rule(ticket=st.one_of(running, solved))
    def comment(self, ticket: str) -> None:
        with suppress(NotAllowedError):
            self.desk.comment(ticket)

    # time

    @rule(by=steps)
    def move_on(self, by: timedelta) -> None:
        self.desk.move_on(self.desk.now + by)

    @rule(days=st.integers(1, 8))
    def nobody_disturbs(self, days: int) -> None:
        self.desk.quiet_days(days)

    # the rule

    @rule(
        by=disturbances(),
        late_by=st.one_of(st.just(timedelta()), spans),
        identity=st.sampled_from([None, None, "again"]),
    )
    def tick(self, by: Disturbance, late_by: timedelta, identity: str | None) -> None:
        self.desk.disturbed_sweep(by, late_by, identity)

    @rule(by=disturbances(), after=steps)
    def tick_after_a_while(self, by: Disturbance, after: timedelta) -> None:
        self.desk.move_on(self.desk.now + after)
        self.desk.disturbed_sweep(by)

    @rule()
    def everything_is_done_in_the_end(self) -> None:
        self.desk.two_more_sweeps()

    # what always holds

    @invariant()
    def each_breach_is_escalated_once_at_most(self) -> None:
        self.desk.each_breach_is_escalated_once_at_most()

    @invariant()
    def nothing_is_closed_that_could_be_opened_again(self) -> None:
        self.desk.nothing_is_closed_that_could_be_opened_again()

    @invariant()
    def the_cursor_passes_nothing_that_is_left_to_do(self) -> None:
        self.desk.the_cursor_passes_nothing_that_is_left_to_do()

    @invariant()
    def the_cursor_never_goes_back(self) -> None:
        self.desk.the_cursor_never_goes_back()

    @invariant()
    def each_escalation_is_told_once_at_most(self) -> None:
        self.desk.each_escalation_is_told_once_at_most()
