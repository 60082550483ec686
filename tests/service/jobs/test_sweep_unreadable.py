"""A sweep that meets tickets which cannot be read: they hold up no other, and are not passed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

import pytest

from desk.domain.event import EventType
from desk.domain.jobs import Job
from desk.domain.ticket import Ticket
from tests.service.in_memory import InMemoryTickets
from tests.service.jobs.world import World
from tests.service.samples import DAY, HOUR, NOW

MINUTE = timedelta(minutes=1)


class Unreadable(InMemoryTickets):
    """Tickets some of which a newer version has written, so that no chunk with one is read."""

    def __init__(self) -> None:
        super().__init__()
        self.unreadable: set[str] = set()
        self.error: Exception = ValueError("'paused' is not a valid Status")
        self.asked: list[int] = []

    def get_many(self, ticket_ids: Collection[str]) -> Mapping[str, Ticket]:
        self.asked.append(len(ticket_ids))
        if self.unreadable.intersection(ticket_ids):
            raise self.error
        return super().get_many(ticket_ids)


class Desk(World):
    """A desk whose sweeps go on, and fail at their end."""

    def __init__(self) -> None:
        super().__init__()
        self.sweep()
        self.tickets: Unreadable = Unreadable()
        self.lists._tickets = self.tickets

    def open_in_the_hour(self, hour: int, many: int = 1) -> list[str]:
        """Tickets that become overdue in the hour after so many."""
        number = len(self.tickets.events)
        due_at = NOW + hour * HOUR
        return [
            self.open(number + each, due_at=due_at + each * timedelta(seconds=1)).id
            for each in range(1, many + 1)
        ]

    def failing_sweep(self) -> int:
        """Have the rule fire; how much failed."""
        with pytest.raises(ExceptionGroup) as raised:
            self.sweep()
        return int(raised.value.message.split()[0])

    @property
    def escalated(self) -> set[str]:
        return {event.ticket_id for event in self.events_of(EventType.ESCALATED)}


@pytest.fixture
def world() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.metrics.clear_metrics()


@pytest.mark.proves("A9")
@pytest.mark.parametrize("unreadable", [1, 5])
def test_an_unreadable_ticket_holds_up_no_other(world: Desk, unreadable: int) -> None:
    # Given an hour of thirty overdue tickets that begins with some that cannot be read
    bad = world.open_in_the_hour(1, unreadable)
    good = world.open_in_the_hour(1, 30) + world.open_in_the_hour(3, 2)
    world.tickets.unreadable = set(bad)
    world.move_on(NOW + 4 * HOUR)
    # When the rule fires / Then all others are escalated, of that hour and of those behind it
    assert world.failing_sweep() == unreadable
    assert world.escalated == set(good)
    # And the cursor stays at it, which is the lag
    assert world.cursor(Job.SWEEP)["hour"] == "2026-03-10T13"
    assert world.metric("SweepLagS") == (3 * HOUR + 30 * MINUTE).total_seconds()
    # And so it is in later runs, for what becomes overdue later
    later = world.open_in_the_hour(20, 3)
    world.move_on(NOW + DAY)
    assert world.failing_sweep() == unreadable
    assert world.escalated == {*good, *later}
    # And once they can be read, they are escalated, and nothing is left
    world.tickets.unreadable.clear()
    world.move_on(NOW + DAY + HOUR)
    assert world.sweep()["sweep"]["escalated"] == unreadable
    assert world.cursor(Job.SWEEP)["hour"] == "2026-03-11T13"


def test_the_error_says_which_ticket_it_is(world: Desk) -> None:
    # Given an unreadable ticket / When the rule fires / Then the failure names it
    (bad,) = world.open_in_the_hour(1)
    world.tickets.unreadable = {bad}
    world.move_on(NOW + 4 * HOUR)
    with pytest.raises(ExceptionGroup) as raised:
        world.sweep()
    (error,) = raised.value.exceptions
    assert error.__notes__ == [f"ticket {bad}"]


def test_where_nothing_can_be_read_the_sweep_ends(world: Desk) -> None:
    # Given a table that does not answer / When the rule fires
    world.tickets.unreadable = set(world.open_in_the_hour(1, 30))
    world.tickets.error = TimeoutError("no answer")
    world.move_on(NOW + 4 * HOUR)
    # Then it has not asked for them all, and the cursor is where the hour is
    assert world.failing_sweep() == 3
    assert world.tickets.asked == [25, 1, 1, 1]
    assert world.cursor(Job.SWEEP)["hour"] == "2026-03-10T13"


def test_what_fails_together_and_works_alone_has_not_failed(world: Desk) -> None:
    # Given a table that fails once / When the rule fires / Then nothing is left
    world.tickets.unreadable = set(world.open_in_the_hour(1, 3))
    world.tickets.error = TimeoutError("no answer")
    world.move_on(NOW + 4 * HOUR)
    get_many = world.tickets.get_many

    def once(ticket_ids: Collection[str]) -> Mapping[str, Ticket]:
        try:
            return get_many(ticket_ids)
        finally:
            world.tickets.unreadable.clear()

    world.tickets.get_many = once  # type: ignore[method-assign]
    done = world.sweep()["sweep"]
    assert (done["escalated"], done["failed"], done["complete"]) == (3, 0, True)
