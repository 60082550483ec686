"""What moves to the data bucket, and that nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from desk.domain.jobs import Job
from tests.service.jobs.world import Countdown, World
from tests.service.samples import DAY, NOW, cause

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.night()
    yield made
    made.metrics.clear_metrics()


def closed(world: World, number: int = 1) -> str:
    """A ticket with a comment and a watcher, closed now."""
    ticket_id = world.open(number, due_at=world.now + DAY).id
    world.comment(ticket_id, number)
    world.watchers.add(ticket_id, "ann", cause())
    world.close(ticket_id)
    return ticket_id


def nights(world: World, count: int, **how: Any) -> None:
    for _ in range(count):
        world.move_on(world.now + DAY)
        world.night(**how)


@pytest.mark.proves("S3")
def test_a_ticket_closed_long_ago_moves_whole(world: World) -> None:
    # Given a closed ticket, and what belongs to it when its events have expired
    ticket_id = closed(world)
    events = [str(item["sk"]) for item in world.archive.read(ticket_id) if "event_id" in item]
    world.archive.delete(ticket_id, events)
    items = [dict(item) for item in world.archive.read(ticket_id)]
    assert {item["entity"] for item in items} == {"Ticket", "Comment", "Watcher"}
    # When ninety nights have passed
    nights(world, 90)
    # Then it is one document, and gone from the table
    document = json.loads(world.objects.objects[f"archive/2026-03-10/{ticket_id}.json"])
    assert document == {
        "schema_version": 1,
        "ticket_id": ticket_id,
        "archived_at": "2026-06-08T12:30:00Z",
        "items": items,
    }
    assert not world.archive.read(ticket_id)
    assert world.metric("TicketsArchived") == 1
    # And the nights after have nothing to do
    nights(world, 1)
    assert world.metric("TicketsArchived") == 0


@pytest.mark.parametrize(("early", "there"), [(MINUTE, True), (timedelta(), False)])
def test_ninety_days_are_ninety_days(world: World, early: timedelta, there: bool) -> None:
    # Given a closed ticket / When the night comes a minute early, or on time
    ticket_id = closed(world)
    world.move_on(NOW + 90 * DAY - early)
    world.night()
    # Then it stays until it is time
    assert bool(world.archive.read(ticket_id)) is there


def test_a_solved_ticket_stays(world: World) -> None:
    # Given a ticket that is solved and not closed / When a year has passed / Then it is there
    ticket_id = world.solve(world.open(1, due_at=NOW + DAY).id).id
    world.move_on(NOW + 365 * DAY)
    world.night()
    assert world.archive.read(ticket_id)


def test_what_the_list_says_is_not_trusted(world: World) -> None:
    # Given a list that says of a running and a just closed ticket that they were closed long ago
    others = [world.open(1, due_at=NOW + DAY).id, closed(world, 2)]
    world.lists.closed = lambda day, until: others  # type: ignore[method-assign]
    # When the night comes / Then they stay
    world.night()
    assert all(world.archive.read(each) for each in others)
    assert not world.objects.objects


def test_missed_nights_are_caught_up_with(world: World) -> None:
    # Given tickets closed on ten days / When half a year passes without a night
    ids = []
    for number in range(1, 11):
        ids.append(closed(world, number))
        world.move_on(world.now + DAY)
    world.move_on(NOW + 180 * DAY)
    world.night()
    # Then one night moves them all
    assert len(world.objects.objects) == 10
    assert not any(world.archive.read(each) for each in ids)


def test_a_night_that_runs_out_of_time_is_gone_on_with(world: World) -> None:
    # Given tickets closed on five days, and time for some / When two nights come
    for number in range(1, 6):
        closed(world, number)
        world.move_on(world.now + DAY)
    world.move_on(NOW + 100 * DAY)
    # a question for each of the ninety days before, and two for each of these
    first = world.night(context=Countdown(98))["archive"]
    assert not first["complete"]
    assert 0 < first["archived"] < 5
    assert "2026-03-10" < world.cursor(Job.ARCHIVE)["day"] < "2026-03-15"
    second = world.night()["archive"]
    # Then together they move all
    assert first["archived"] + second["archived"] == 5


def test_a_ticket_whose_document_cannot_be_written_is_not_deleted(world: World) -> None:
    # Given a bucket that refuses one ticket / When the night comes
    bad, good = closed(world, 1), closed(world, 2)
    put_once = world.objects.put_once

    def refuse(key: str, document: str) -> None:
        if bad in key:
            raise TimeoutError("no answer")
        put_once(key, document)

    world.objects.put_once = refuse  # type: ignore[method-assign]
    world.move_on(NOW + 90 * DAY)
    with pytest.raises(ExceptionGroup):
        world.night()
    # Then that ticket is there, the other has moved, and the reconciliation has run all the same
    assert world.archive.read(bad)
    assert not world.archive.read(good)
    assert world.cursor(Job.RECONCILE)["at"] == "2026-06-08T12:30:00Z"
    # And it is tried again the next night, the cursor has not passed it
    world.objects.put_once = put_once  # type: ignore[method-assign]
    nights(world, 1)
    assert not world.archive.read(bad)
