"""A desk whose counters can be wrong."""

from __future__ import annotations

from typing import Any

from desk.domain.ticket import Priority
from tests.service.jobs.world import World
from tests.service.samples import DAY, NOW

TEAMS = ("billing", "ops", "support")


def desk() -> World:
    """Three teams with three tickets each, all of them counted."""
    made = World()
    number = 0
    for team in TEAMS:
        made.teams.register(team)
        for priority in (Priority.LOW, Priority.NORMAL, Priority.URGENT):
            number += 1
            made.open(number, due_at=NOW + 90 * DAY, team=team, priority=priority)
    made.deliver()
    return made


def night(world: World, **how: Any) -> dict[str, Any]:
    world.move_on(world.now + DAY)
    done: dict[str, Any] = world.night(**how)["reconcile"]
    return done


def drift(world: World, team: str = "ops", priority: Priority = Priority.LOW, by: int = 1) -> None:
    """A counter that is wrong for no reason that will pass."""
    was = world.statistics.open_tickets(team)[priority]
    assert world.statistics.correct(team, priority, was, was + by)


def right(world: World, team: str) -> bool:
    """Whether a team's counters are what its tickets say."""
    there = [
        ticket.priority
        for ticket in world.tickets._tickets.values()
        if ticket.team == team and ticket.status.running
    ]
    return all(world.statistics.open_tickets(team)[each] == there.count(each) for each in Priority)
