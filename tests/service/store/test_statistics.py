"""What every store of counters and progress must do: in memory, and on DynamoDB on each engine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.domain.event import EventType
from desk.domain.processing import Stage
from desk.domain.ticket import Priority, Status
from tests.service.samples import HOUR, NOW, cause, changed, created, edited, solved, ticket
from tests.service.stores import STORES, Store, store_on

TODAY = NOW.date()
NONE = dict.fromkeys(Priority, 0)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    return store_on(request)


def test_an_event_counts_once(store: Store) -> None:
    # Given an event that is counted
    event = created(ticket())
    assert store.statistics.count(event, NOW)
    # When it is counted again
    again = store.statistics.count(event, NOW + HOUR)
    # Then that is said, and the counters stay
    stats = store.statistics.of_team("ops", TODAY)
    assert not again
    assert stats.open == NONE | {Priority.NORMAL: 1}
    assert stats.days == {"2026-03-10": {Status.NEW: 1}}


def test_an_event_that_moves_no_counter_counts_once_too(store: Store) -> None:
    # Given an urgent ticket that is escalated, and so stays urgent
    before = ticket(due_at=NOW - HOUR, priority=Priority.URGENT)
    event = changed(before, before.escalated(cause()), EventType.ESCALATED)
    # When that is counted twice / Then the first time says so, and nothing has moved
    assert [store.statistics.count(event, NOW) for _ in range(2)] == [True, False]
    assert store.statistics.of_team("ops", TODAY).days == {}
    assert store.statistics.open_tickets("ops") == NONE


def test_counters_are_a_teams_own(store: Store) -> None:
    # Given a ticket of one team / When another team's counters are read / Then they are zero
    store.statistics.count(created(ticket()), NOW)
    stats = store.statistics.of_team("sales", TODAY)
    assert stats.open == NONE
    assert stats.days == {}


def test_a_transfer_moves_the_counters_of_both_teams(store: Store) -> None:
    # Given a ticket that is counted
    store.statistics.count(created(ticket()), NOW)
    # When it goes to another team, and becomes more urgent
    after = edited(ticket(), team="sales", priority=Priority.HIGH)
    store.statistics.count(changed(ticket(), after), NOW)
    # Then one team has it no more, the other has it, and it came into no status
    ops, sales = (store.statistics.of_team(team, TODAY) for team in ("ops", "sales"))
    assert (ops.open, sales.open) == (NONE, NONE | {Priority.HIGH: 1})
    assert (ops.days, sales.days) == ({"2026-03-10": {Status.NEW: 1}}, {})


def test_a_solved_ticket_is_not_open(store: Store) -> None:
    # Given a ticket that was taken up and solved, counted in the wrong order
    opened = edited(ticket(), status=Status.OPEN)
    done = edited(opened, status=Status.SOLVED)
    for event in (changed(opened, done), created(ticket()), changed(ticket(), opened)):
        store.statistics.count(event, NOW)
    # Then no ticket is open, and one came into each status
    stats = store.statistics.of_team("ops", TODAY)
    assert stats.open == NONE
    assert stats.days == {"2026-03-10": {Status.NEW: 1, Status.OPEN: 1, Status.SOLVED: 1}}


def test_old_days_are_left_out(store: Store) -> None:
    # Given a ticket of today
    store.statistics.count(created(ticket()), NOW)
    # When counters are read from today on, and from tomorrow on
    today = store.statistics.of_team("ops", TODAY)
    tomorrow = store.statistics.of_team("ops", TODAY + timedelta(days=1))
    # Then only the second leaves the day out, and neither the open ticket
    assert (list(today.days), list(tomorrow.days)) == (["2026-03-10"], [])
    assert today.open == tomorrow.open == NONE | {Priority.NORMAL: 1}


def test_a_counter_is_corrected(store: Store) -> None:
    # Given a counter / When it is set / Then it is that, and the others are as they were
    store.statistics.count(created(ticket()), NOW)
    assert store.statistics.correct("ops", Priority.NORMAL, was=1, becomes=5)
    assert store.statistics.open_tickets("ops") == NONE | {Priority.NORMAL: 5}


def test_a_counter_that_has_moved_is_not_corrected(store: Store) -> None:
    # Given a counter that has moved since it was read
    store.statistics.count(created(ticket(1)), NOW)
    store.statistics.count(created(ticket(2)), NOW)
    # When it is set / Then it stays
    assert not store.statistics.correct("ops", Priority.NORMAL, was=1, becomes=5)
    assert not store.statistics.correct("ops", Priority.NORMAL, was=0, becomes=5)
    assert store.statistics.open_tickets("ops") == NONE | {Priority.NORMAL: 2}


def test_a_counter_that_never_moved_is_zero(store: Store) -> None:
    # Given no counter / When it is set as if it were one, then as zero / Then zero it was
    assert not store.statistics.correct("ops", Priority.LOW, was=1, becomes=2)
    assert store.statistics.correct("ops", Priority.LOW, was=0, becomes=2)
    assert store.statistics.open_tickets("ops") == NONE | {Priority.LOW: 2}


def test_a_counter_that_came_back_to_zero_is_corrected(store: Store) -> None:
    # Given a counter that went up and down / When it is set as zero / Then it is set
    done = solved(ticket())
    for event in (created(ticket()), changed(ticket(), done)):
        store.statistics.count(event, NOW)
    assert store.statistics.correct("ops", Priority.NORMAL, was=0, becomes=3)
    assert store.statistics.open_tickets("ops") == NONE | {Priority.NORMAL: 3}


def test_a_correction_goes_on_being_counted(store: Store) -> None:
    # Given a corrected counter / When another ticket comes / Then it is one more
    store.statistics.correct("ops", Priority.NORMAL, was=0, becomes=3)
    store.statistics.count(created(ticket()), NOW)
    assert store.statistics.open_tickets("ops") == NONE | {Priority.NORMAL: 4}


def test_no_stage_is_done_at_first(store: Store) -> None:
    assert store.progress.done("01J0#1") == frozenset()


def test_stages_are_marked_each_for_its_event(store: Store) -> None:
    # Given two events / When stages are marked, one of them twice
    store.progress.mark("01J0#1", Stage.NOTIFY, NOW)
    store.progress.mark("01J0#1", Stage.NOTIFY, NOW + HOUR)
    store.progress.mark("01J0#1", Stage.INTEGRATE, NOW)
    store.progress.mark("01J0#2", Stage.INTEGRATE, NOW)
    # Then each event has its own
    assert store.progress.done("01J0#1") == {Stage.NOTIFY, Stage.INTEGRATE}
    assert store.progress.done("01J0#2") == {Stage.INTEGRATE}


def test_what_is_counted_has_been_through_that_stage(store: Store) -> None:
    # Given an event / When it is counted / Then its progress says so
    event = created(ticket())
    store.statistics.count(event, NOW)
    assert store.progress.done(event.id) == {Stage.AGGREGATE}
