"""What is compared and repaired at night, and what is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from desk.domain.jobs import Job
from desk.domain.ticket import Priority
from desk.service import memory as memories
from desk.service.memory import Memory
from tests.service.jobs.reconciled import TEAMS, desk, drift, night, right
from tests.service.jobs.world import Countdown, World
from tests.service.samples import DAY, HOUR, NOW


@pytest.fixture
def world() -> Iterator[World]:
    made = desk()
    yield made
    made.metrics.clear_metrics()


def test_counters_that_are_right_are_left_alone(world: World) -> None:
    # Given counters that are right / When two nights come / Then nothing differs
    night(world)
    assert night(world) == {
        "compared": 3,
        "drifting": 0,
        "repaired": 0,
        "failed": 0,
        "complete": True,
    }
    assert world.metric("CounterDrift") == 0


@pytest.mark.parametrize("by", [-3, -1, 1, 4])
def test_a_difference_that_stays_is_repaired_by_the_second_night(
    world: World, by: int, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a counter that is wrong / When a night comes / Then it is told, and left
    drift(world, by=by)
    assert night(world)["repaired"] == 0
    assert (world.metric("CounterDrift"), world.metric("CounterDriftStayed")) == (abs(by), 0)
    told = [vars(line) for line in caplog.records if "team" in vars(line)]
    assert [(line["team"], line["too_high_by"]) for line in told] == [("ops", {"low": by})]
    # When the next one comes / Then it is repaired
    done = night(world)
    assert (done["drifting"], done["repaired"]) == (1, 1)
    assert right(world, "ops")
    assert world.metric("CounterDriftStayed") == abs(by)
    # And the one after finds nothing
    assert night(world)["drifting"] == 0
    assert (world.metric("CounterDrift"), world.metric("CounterDriftStayed")) == (0, 0)


def test_runs_that_are_only_hours_apart_repair_too(world: World) -> None:
    # Given a counter that is wrong / When runs come more often than once in half a day
    drift(world)
    repaired = []
    for _ in range(4):
        world.move_on(world.now + 5 * HOUR)
        repaired.append(world.night()["reconcile"]["repaired"])
    # Then it is repaired when it has been wrong for that long
    assert repaired == [0, 0, 0, 1]


def test_an_event_on_its_way_is_no_error(world: World) -> None:
    # Given a ticket whose event has not been counted / When a night comes / Then it differs
    world.open(10, due_at=NOW + 90 * DAY, team="ops", priority=Priority.LOW)
    assert night(world)["drifting"] == 1
    assert (world.metric("CounterDrift"), world.metric("CounterDriftStayed")) == (1, 0)
    # When the event is counted before the next one / Then nothing is repaired
    world.deliver()
    assert night(world) | {"compared": 0} == {
        "compared": 0,
        "drifting": 0,
        "repaired": 0,
        "failed": 0,
        "complete": True,
    }
    assert right(world, "ops")


def test_another_difference_than_the_night_before_is_left(world: World) -> None:
    # Given a counter that is wrong by one, and by two the next night
    drift(world)
    night(world)
    drift(world)
    # When nights come / Then it is repaired once two have seen the same
    assert night(world)["repaired"] == 0
    assert night(world)["repaired"] == 1
    assert right(world, "ops")


def test_a_repair_does_not_undo_what_is_counted_meanwhile(world: World) -> None:
    # Given a counter that has been wrong since last night
    drift(world)
    night(world)
    # When an event is counted between the comparison and the repair
    correct = world.statistics.correct

    def overtaken(team: str, priority: Priority, was: int, becomes: int) -> bool:
        world.open(10, due_at=NOW + 90 * DAY, team="ops", priority=Priority.LOW)
        world.deliver()
        return correct(team, priority, was, becomes)

    world.statistics.correct = overtaken  # type: ignore[method-assign]
    assert night(world)["repaired"] == 0
    assert world.metric("CounterDriftStayed") == 1
    assert world.statistics.open_tickets("ops")[Priority.LOW] == 3
    # Then the next night repairs it
    world.statistics.correct = correct  # type: ignore[method-assign]
    assert night(world)["repaired"] == 1
    assert right(world, "ops")


def test_events_that_come_after_a_wrong_repair_are_put_right_again(world: World) -> None:
    # Given a stream that stood still over two nights: what it held back looked like an error
    world.open(10, due_at=NOW + 90 * DAY, team="ops", priority=Priority.LOW)
    night(world)
    assert night(world)["repaired"] == 1
    # When its events are counted after all / Then two nights later the counters are right
    world.deliver()
    assert not right(world, "ops")
    night(world)
    assert night(world)["repaired"] == 1
    assert right(world, "ops")


def test_tickets_are_counted_by_what_they_are_and_not_by_their_list(world: World) -> None:
    # Given a ticket that was solved, and one that went to another team, unknown to the lists yet
    solved, moved, *_ = sorted(world.tickets._tickets)
    world.move_on(NOW + DAY - HOUR)
    world.solve(solved)
    world.edit(moved, team="ops")
    world.deliver()
    world.now = NOW + DAY
    # When the night comes / Then the one that left is missing nowhere it does not belong
    done = world.night()["reconcile"]
    assert done["drifting"] == 1  # ops: the list does not have the other one yet
    world.lists.catch_up()
    assert night(world)["drifting"] == 0


# two are asked before that of the first team
@pytest.mark.parametrize("questions", range(5, 11))
def test_a_night_that_runs_out_of_time_goes_on_where_it_stopped(
    world: World, questions: int
) -> None:
    # Given time for one or two of three teams, or for a part of the next / When nights come
    first = night(world, context=Countdown(questions))
    assert not first["complete"]
    assert 0 < first["compared"] < 3
    assert world.cursor(Job.RECONCILE)["after"] == TEAMS[first["compared"] - 1]
    # Then the second does the rest of the round, and the third is a round of its own
    assert night(world)["compared"] == 3 - first["compared"]
    assert night(world)["compared"] == 3


def test_a_team_that_no_night_has_time_for_holds_up_no_other(world: World) -> None:
    # Given a first team that is too large for the time there is / When a night comes
    with pytest.raises(ExceptionGroup) as raised:
        night(world, context=Countdown(3))
    # Then it says so, and the next one goes on behind that team
    assert [str(error) for error in raised.value.exceptions] == [
        "billing was not compared: it is too large"
    ]
    assert world.cursor(Job.RECONCILE)["after"] == "billing"
    assert night(world)["compared"] == 2


def test_the_same_event_again_compares_nothing_again(world: World) -> None:
    # Given a night that is over / When its event comes again, or an older one
    drift(world)
    world.move_on(NOW + DAY)
    world.night(identity="night")
    cursor = world.cursor(Job.RECONCILE)
    for at in (NOW + DAY, NOW):
        assert world.night(at, identity="night")["reconcile"]["compared"] == 0
    # Then what it remembers is as it was, and nothing is repaired
    assert world.cursor(Job.RECONCILE) == cursor
    assert not right(world, "ops")


def test_an_hour_apart_is_not_a_night_apart(world: World) -> None:
    # Given a difference that a night saw / When another run comes an hour later
    drift(world)
    night(world)
    world.move_on(world.now + HOUR)
    # Then it repairs nothing
    assert world.night()["reconcile"]["repaired"] == 0


def test_the_teams_of_smoke_tests_are_nobodys(world: World) -> None:
    # Given a smoke test's team whose counters are wrong / When a night comes / Then it is passed
    world.teams.register("smoke-0123456789ab")
    drift(world, "smoke-0123456789ab")
    assert night(world)["drifting"] == 0


def test_a_team_that_cannot_be_compared_holds_up_no_other(world: World) -> None:
    # Given a team whose counters cannot be read, and another whose are wrong
    drift(world, "support")
    read = world.statistics.open_tickets

    def broken(team: str) -> Any:
        if team == "ops":
            raise TimeoutError("no answer")
        return read(team)

    world.statistics.open_tickets = broken  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(ExceptionGroup):
            night(world)
    # Then the other one is repaired, and the invocation fails
    world.statistics.open_tickets = read  # type: ignore[method-assign]
    assert right(world, "support")


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given more teams that differ than can be remembered / When they are kept
    monkeypatch.setattr(memories, "REMEMBERED_TEAMS", 2)
    memory = Memory({}, NOW)
    for team in ("a", "b", "c"):
        memory.keep(team, {Priority.LOW: 1})
    # Then the last ones are not, and one of the others can still be kept anew, or forgotten
    memory.keep("b", {Priority.LOW: 2})
    memory.keep("a", {})
    assert json.loads(memory.cursor()["teams"]) == {
        "b": {"at": "2026-03-10T12:30:00Z", "by": {"low": 2}}
    }
