"""What a sweep escalates and closes, and where it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from desk.domain.event import EventType
from desk.domain.jobs import Job
from desk.domain.ticket import Priority, Status
from tests.service.jobs.world import Countdown, World
from tests.service.samples import DAY, HOUR, NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.metrics.clear_metrics()


@pytest.mark.proves("A9")
def test_an_overdue_ticket_is_escalated(world: World) -> None:
    # Given an overdue ticket / When the rule fires
    overdue = world.open(1, due_at=NOW - HOUR)
    world.move_on(NOW + MINUTE)
    done = world.sweep(identity="tick-7")
    # Then it is a version and a priority further, and its event says who did it and why
    assert done["sweep"]["escalated"] == 1
    assert world.tickets.get(overdue.id).priority is Priority.HIGH
    event = world.tickets.events[-1]
    assert (event.id, event.actor) == (f"{overdue.id}#2", "schedule:sweep")
    assert event.correlation_id == "tick-7"
    # And the outside system and the metrics know
    assert [told.id for told in world.webhook.told] == [event.id]
    assert (world.metric("TicketsEscalated"), world.metric("WebhookFailed")) == (1, 0)


def test_a_breach_escalates_once_however_often_the_rule_fires(world: World) -> None:
    # Given an overdue ticket / When the same tick comes three times, and two others
    overdue = world.open(1, due_at=NOW - HOUR)
    world.move_on(NOW)
    for at, identity in ((NOW, "a"), (NOW, "a"), (NOW, "a"), (NOW, "b"), (NOW + HOUR, "c")):
        world.now = at
        world.sweep(identity=identity)
    # Then it has been escalated once, and told of once
    assert world.tickets.get(overdue.id).version == 2
    assert len(world.webhook.told) == 1


def test_another_deadline_is_another_breach(world: World) -> None:
    # Given a ticket that was escalated, and then got a deadline that has passed as well
    overdue = world.open(1, due_at=NOW - HOUR)
    world.move_on(NOW)
    world.sweep()
    world.edit(overdue.id, due_at=NOW - 30 * MINUTE)
    world.move_on(NOW + MINUTE)
    # When the rule fires / Then it is escalated again
    world.sweep()
    assert world.tickets.get(overdue.id).priority is Priority.URGENT


def test_the_events_time_is_the_clock(world: World) -> None:
    # Given a ticket that is overdue by any clock on the wall
    due = world.open(1, due_at=NOW)
    world.move_on(NOW + DAY)
    # When a tick of a minute before its deadline is delivered, however late
    done = world.sweep(NOW - MINUTE)
    # Then it is not escalated
    assert done["sweep"]["escalated"] == 0
    assert world.tickets.get(due.id).version == 1


@pytest.mark.parametrize(
    ("passed", "status"), [(7 * DAY, Status.SOLVED), (7 * DAY + MINUTE, Status.CLOSED)]
)
def test_a_solved_ticket_is_closed_when_it_cannot_be_opened_again(
    world: World, passed: timedelta, status: Status
) -> None:
    # Given a solved ticket / When the rule fires as long after that, having fired every day
    solved = world.solve(world.open(1, due_at=NOW + 30 * DAY).id)
    for days in range(7):
        world.move_on(NOW + days * DAY)
        world.sweep()
    world.move_on(NOW + passed)
    world.sweep()
    # Then it is closed only once it could not be opened any more
    ticket = world.tickets.get(solved.id)
    assert ticket.status is status
    closed = status is Status.CLOSED
    assert world.metric("TicketsAutoClosed") == closed
    assert [event.ticket_id for event in world.events_of(EventType.CLOSED)] == [solved.id] * closed
    # And nobody outside is told: that is no escalation
    assert not world.webhook.told


def test_the_first_sweep_of_all_looks_a_day_back(world: World) -> None:
    # Given a ticket that became overdue a day ago / When the rule fires for the first time
    world.open(1, due_at=NOW + HOUR)
    world.move_on(NOW + DAY)
    # Then it is found
    assert world.sweep()["sweep"]["escalated"] == 1


def test_what_was_missed_for_weeks_is_caught_up_with(world: World) -> None:
    # Given tickets that became overdue, or were left solved, in weeks without a sweep
    world.sweep()
    overdue = [world.open(number, due_at=NOW + number * 3 * DAY) for number in range(1, 6)]
    solved = world.solve(world.open(6, due_at=NOW + HOUR).id)
    world.move_on(NOW + 21 * DAY)
    # When the rule fires again / Then all of it is done
    done = world.sweep()["sweep"]
    assert (done["escalated"], done["closed"]) == (len(overdue), 1)
    assert world.tickets.get(solved.id).status is Status.CLOSED


@pytest.mark.proves("A9")
def test_a_sweep_ends_before_its_time_is_up_and_the_next_goes_on(world: World) -> None:
    # Given ten tickets that became overdue within ten hours, and time for some of them
    world.sweep()
    for number in range(1, 11):
        world.open(number, due_at=NOW + number * HOUR)
    world.move_on(NOW + 12 * HOUR)
    first = world.sweep(context=Countdown(15))["sweep"]
    # Then the sweep says that it is not complete, and how far behind it is
    assert not first["complete"]
    assert 0 < first["escalated"] < 10
    assert world.cursor(Job.SWEEP)["hour"] < "2026-03-11T00"
    assert world.metric("SweepLagS") > 3600
    # And the next one does the rest
    world.move_on(NOW + 12 * HOUR + 15 * MINUTE)
    second = world.sweep()["sweep"]
    assert second["complete"]
    assert first["escalated"] + second["escalated"] == 10
    assert world.cursor(Job.SWEEP) == {
        "hour": "2026-03-11T00",
        "day": "2026-03-04",
        "done_until": "2026-03-11T00:45:00Z",
    }
    assert world.metric("SweepLagS") == 0


def test_closing_that_is_days_behind_is_a_lag_as_well(world: World) -> None:
    # Given a ticket that was left solved for days / When time is up before it is closed
    world.sweep()
    world.solve(world.open(1, due_at=NOW + 30 * DAY).id)
    world.move_on(NOW + 10 * DAY)
    hours = 10 * 24 + 2
    world.sweep(context=Countdown(2 + hours + 3))
    # Then the lag is since what was solved on the day it stopped at, the fourth, could be closed
    assert world.cursor(Job.SWEEP)["day"] == "2026-03-06"
    assert world.metric("SweepLagS") == (7 * DAY + 12 * HOUR + 30 * MINUTE).total_seconds()


@pytest.mark.parametrize("pieces", range(4))
def test_a_sweep_just_after_midnight_is_not_a_day_behind(world: World, pieces: int) -> None:
    # Given a sweep that did all that was due, and tickets that became so since
    world.move_on(NOW.replace(hour=23, minute=50))
    world.sweep()
    for number in (1, 2):
        world.open(number, due_at=NOW.replace(hour=23, minute=55))
    # When time is up early in the next two, which are those of another day
    for minute, behind in ((5, 15), (20, 30)):
        world.move_on(NOW.replace(hour=0, minute=minute) + DAY)
        assert not world.sweep(context=Countdown(2 + pieces))["sweep"]["complete"]
        # Then they are as far behind as the one that ended well is back, wherever they stopped
        assert world.metric("SweepLagS") == (behind * MINUTE).total_seconds()


def test_a_sweep_that_comes_late_does_not_say_that_less_was_done(world: World) -> None:
    # Given a sweep / When one of an earlier time comes after it / Then what was done stays done
    world.move_on(NOW + HOUR)
    world.sweep()
    world.sweep(at=NOW)
    assert world.cursor(Job.SWEEP)["done_until"] == "2026-03-10T13:30:00Z"


def test_a_cursor_of_before_goes_on(world: World) -> None:
    # Given a cursor that an older release has left / When the next sweep has no time
    world.sweep()
    world.jobs._cursors[Job.SWEEP].pop("done_until")
    world.open(1, due_at=NOW)
    world.move_on(NOW + 15 * MINUTE)
    world.sweep(context=Countdown(2))
    # Then it is behind since the hour that the cursor names
    assert world.metric("SweepLagS") == (45 * MINUTE).total_seconds()


def test_a_time_out_too_short_for_the_margin_still_lets_some_work_be_done(world: World) -> None:
    # Given an invocation that has less time than the margin / When the rule fires
    world.open(1, due_at=NOW - HOUR)
    world.move_on(NOW)
    # Then it does not give up before it has begun
    assert world.sweep(context=Countdown())["sweep"]["escalated"] == 1


def test_who_is_not_told_does_not_stop_the_sweep(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    # Given an outside system that does not take two of three escalations
    overdue = [world.open(number, due_at=NOW - HOUR) for number in (1, 2, 3)]
    world.webhook.failing = {f"{overdue[0].id}#2", f"{overdue[2].id}#2"}
    world.move_on(NOW)
    # When the rule fires / Then all are escalated, and one line says what went wrong
    done = world.sweep()["sweep"]
    assert (done["escalated"], done["undelivered"]) == (3, 2)
    assert world.metric("WebhookFailed") == 2
    assert [vars(line).get("codes") for line in caplog.records] == [{"503": 2}, None]


def test_what_the_smoke_test_makes_up_is_told_to_nobody(world: World) -> None:
    # Given an overdue ticket of a smoke test's team / When the rule fires
    world.open(1, due_at=NOW - HOUR, team="smoke-0123456789ab")
    world.move_on(NOW)
    # Then it is escalated, which the smoke test looks at, and nobody outside hears of it
    assert world.sweep()["sweep"]["escalated"] == 1
    assert not world.webhook.told


def test_the_tickets_are_read_in_few_goes(world: World) -> None:
    # Given sixty overdue tickets / When the rule fires
    for number in range(1, 61):
        world.open(number, due_at=NOW - MINUTE)
    world.move_on(NOW)
    read: list[int] = []
    get_many = world.tickets.get_many
    world.tickets.get_many = lambda ids: (read.append(len(ids)), get_many(ids))[1]  # type: ignore
    world.sweep()
    # Then they were read in chunks
    assert read == [25, 25, 10]
