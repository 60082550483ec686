"""The sweep under whatever may happen: late, doubled, missed and killed runs, people in between.

`make test-long` looks at more and longer runs, new ones every time;
`--hypothesis-show-statistics` says how often what they are about has happened.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tests.at_random import LONG, examples
from tests.service.jobs.sweep_machine import Sweeping
from tests.service.jobs.sweep_model import MINUTE, Disturbance, SweptDesk, disturbances
from tests.service.samples import DAY, HOUR, NOW


@examples(150, long=3000)
@given(
    due=st.lists(st.integers(0, 5 * 60), max_size=4),
    solved=st.lists(st.integers(0, 5 * 60), max_size=4),
    sweeps=st.lists(
        st.tuples(st.integers(0, 14).map(lambda hours: hours * HOUR), disturbances()),
        min_size=1,
        max_size=5,
    ),
)
def test_whatever_disturbs_the_sweeps_nothing_is_left_undone(
    due: list[int], solved: list[int], sweeps: list[tuple[timedelta, Disturbance]]
) -> None:
    # Given tickets of which each becomes overdue, or left solved, within the same five hours
    desk, start = SweptDesk(), NOW + 7 * DAY
    for minutes in sorted(solved):
        desk.move_on(NOW + minutes * MINUTE)
        desk.solve(desk.new(NOW + 60 * DAY))
    for minutes in due:
        desk.new(start + minutes * MINUTE)
    desk.quiet_days(6)
    desk.move_on(start)
    # When sweeps are disturbed in any way, by people as well
    for passed, disturbance in sweeps:
        desk.move_on(desk.now + passed)
        desk.disturbed_sweep(disturbance)
        desk.the_cursor_passes_nothing_that_is_left_to_do()
    # Then those that follow do the rest
    desk.two_more_sweeps()
    desk.each_breach_is_escalated_once_at_most()
    desk.each_escalation_is_told_once_at_most()
    desk.metrics.clear_metrics()


TestNothingIsMissedAndNothingDoneTwice = Sweeping.TestCase
TestNothingIsMissedAndNothingDoneTwice.settings = examples(
    80, long=2000, stateful_step_count=60 if LONG else 30
)


def test_what_the_sweep_is_for_happens_in_the_runs_at_random() -> None:
    # Given the same machine / When it runs a few times
    runs: list[Counter[str]] = []
    run_state_machine_as_test(
        lambda: Sweeping(runs),
        settings=examples(25, long=25, derandomize=True, stateful_step_count=30),
    )
    # Then its invariants were about something: each of these has happened in some of the runs
    happened = Counter(name for seen in runs for name in +seen)
    often = len(runs) // 6
    assert {name for name, times in happened.items() if times >= often} == {
        "escalated",
        "closed",
        "reopened",
        "due_again",
        "escalated_again",
    }, (len(runs), happened)
