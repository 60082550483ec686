"""The reconciliation, whatever comes in between: what is wrong is repaired, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.ticket import Priority, Status
from tests.at_random import examples
from tests.service.jobs.reconciled import TEAMS, desk, drift, night, right
from tests.service.jobs.world import Countdown, Killed
from tests.service.samples import DAY, NOW


@examples(150)
@given(
    days=st.lists(
        st.tuples(
            st.dictionaries(st.integers(0, 8), st.sampled_from(["edit", "solve"]), max_size=3),
            st.booleans(),
            st.one_of(st.none(), st.tuples(st.integers(1, 40), st.booleans())),
            st.integers(4, 40),
        ),
        max_size=6,
    ),
    wrong=st.dictionaries(
        st.tuples(st.sampled_from(TEAMS), st.sampled_from(Priority)),
        st.sampled_from([-2, -1, 1, 2]),
        max_size=4,
    ),
)
def test_whatever_happens_a_few_quiet_nights_put_it_right(
    days: list[Any], wrong: dict[tuple[str, Priority], int]
) -> None:
    # Given counters of which some are wrong
    world = desk()
    for (team, priority), by in wrong.items():
        drift(world, team, priority, by)
    # When days pass with changes, a stream that stands still at times, and nights that break off
    ids = sorted(world.tickets._tickets)
    for changes, stream_stands, crash, questions in days:
        for which, what in changes.items():
            if world.tickets.get(ids[which]).status is Status.SOLVED:
                continue
            if what == "solve":
                world.solve(ids[which])
            else:
                world.edit(ids[which], priority=Priority.HIGH, team="ops")
        if not stream_stands:
            world.deliver()
        world.faults.plan({crash[0]: _crash(crash[1])} if crash else {})
        with suppress(Killed, ExceptionGroup):
            night(world, context=Countdown(questions))
    # Then three quiet nights later all are right: one may have to finish a round
    world.faults.plan({})
    world.deliver()
    for _ in range(3):
        night(world)
    assert all(right(world, team) for team in TEAMS)
    world.metrics.clear_metrics()


def _crash(killed: bool) -> Any:
    def crash() -> None:
        raise Killed if killed else TimeoutError("no answer")

    return crash


@examples(100)
@given(flights=st.lists(st.integers(0, 3), min_size=2, max_size=8))
def test_events_on_their_way_are_never_repaired_away(flights: list[int]) -> None:
    # Given nights each of which finds some events on their way, never as many as the one before
    world = desk()
    number = 100
    before = 0
    for flying in flights:
        before = flying + 4 * (flying == before)
        for _ in range(before):
            number += 1
            world.open(number, due_at=NOW + 90 * DAY, team="ops", priority=Priority.LOW)
        # When it comes, and they are counted after it / Then nothing is repaired
        assert night(world)["repaired"] == 0
        world.deliver()
        assert right(world, "ops")
    world.metrics.clear_metrics()
