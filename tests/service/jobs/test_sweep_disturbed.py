"""A sweep that others, faults and older ticks come in between: nothing is passed by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from desk.domain.event import Event, EventType
from desk.domain.jobs import Job, Lease
from desk.domain.ticket import Status, Ticket
from tests.service.in_memory import InMemoryTickets
from tests.service.jobs.world import Killed, World
from tests.service.samples import DAY, HOUR, NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.metrics.clear_metrics()


def fail() -> None:
    raise TimeoutError("no answer")


def kill() -> None:
    raise Killed


def after_the_first_sweep(world: World) -> World:
    world.sweep()
    world.move_on(NOW + 15 * MINUTE)
    return world


class Contended(InMemoryTickets):
    """Tickets that somebody else writes in between, when told to."""

    def __init__(self, meanwhile: Callable[[Ticket], None]) -> None:
        super().__init__()
        self.meanwhile: Callable[[Ticket], None] | None = meanwhile

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        if event.actor == "schedule:sweep" and self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            act(before)
        super().update(before, after, event)


def contended(meanwhile: Callable[[World, Ticket], None]) -> World:
    """A world in which somebody does this before the sweep's first change is written."""
    world = World()
    tickets = Contended(lambda ticket: meanwhile(world, ticket))
    world.tickets = world.lists._tickets = tickets
    return world


def test_an_overdue_ticket_changed_meanwhile_is_escalated_by_the_next_sweep() -> None:
    # Given an overdue ticket that somebody edits between being read and being written
    world = contended(lambda world, ticket: world.edit(ticket.id, title="Now with a title"))
    mine = world.open(1, due_at=NOW - HOUR)
    other = world.open(2, due_at=NOW - 2 * HOUR)
    world.move_on(NOW + HOUR)
    # When the rule fires / Then the sweep goes on, and says what it left
    done = world.sweep()["sweep"]
    assert (done["escalated"], done["contended"], done["complete"]) == (1, 1, True)
    assert world.metric("SweepLagS") == 0
    # And the next one escalates it, with what the other changed
    world.move_on(NOW + 2 * HOUR)
    assert world.sweep()["sweep"]["escalated"] == 1
    assert {world.tickets.get(each.id).version for each in (mine, other)} == {2, 3}
    assert len(world.webhook.told) == 2


def test_a_solved_ticket_commented_meanwhile_is_closed_by_a_later_sweep() -> None:
    # Given a ticket that gets a comment just as it is closed: it stays under its day
    world = contended(lambda world, ticket: world.comment(ticket.id))
    solved = world.solve(world.open(1, due_at=NOW + 30 * DAY).id)
    world.sweep()
    world.move_on(NOW + 9 * DAY)
    assert world.sweep()["sweep"]["contended"] == 1
    assert world.cursor(Job.SWEEP)["day"] == "2026-03-10"
    # When the rule fires days later / Then it is found all the same
    world.move_on(NOW + 12 * DAY)
    assert world.sweep()["sweep"]["closed"] == 1
    assert world.tickets.get(solved.id).status is Status.CLOSED


def test_a_ticket_that_is_gone_is_passed_by(world: World) -> None:
    # Given a ticket that the lists still know / When it is gone
    after_the_first_sweep(world)
    gone = world.open(1, due_at=NOW - HOUR)
    left = world.open(2, due_at=NOW - HOUR)
    world.move_on(NOW + 20 * MINUTE)
    world.tickets.forget(gone.id, lambda _: True)
    # Then the others are escalated
    done = world.sweep()["sweep"]
    assert (done["escalated"], done["failed"]) == (1, 0)
    assert world.tickets.get(left.id).version == 2


def test_a_ticket_that_goes_while_it_is_written_is_passed_by_the_next_time() -> None:
    # Given a ticket that is gone just before it is written
    world = contended(lambda world, ticket: world.tickets.forget(ticket.id, lambda _: True))
    world.open(1, due_at=NOW - HOUR)
    world.move_on(NOW)
    # When the rule fires twice / Then it holds up nothing
    assert world.sweep()["sweep"]["contended"] == 1
    world.move_on(NOW + MINUTE)
    assert world.sweep()["sweep"]["contended"] == 0


class Broken(InMemoryTickets):
    """Tickets some of which cannot be written."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()
        self.error: type[Exception] = ValueError

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        if before.id in self.broken:
            raise self.error(f"{before.id} cannot be written")
        super().update(before, after, event)


def broken(*numbers: int, of: int, apart: timedelta = HOUR) -> World:
    """A world with overdue tickets, of which these cannot be escalated."""
    world = World()
    world.sweep()
    tickets = Broken()
    world.tickets = world.lists._tickets = tickets
    made = [world.open(number, due_at=NOW + number * apart) for number in range(1, of + 1)]
    tickets.broken = {made[number - 1].id for number in numbers}
    world.move_on(NOW + DAY)
    return world


def test_a_broken_ticket_holds_up_no_other_and_is_not_passed() -> None:
    # Given five overdue tickets, the second of which cannot be written
    world = broken(2, of=5)
    # When the rule fires / Then the others are escalated, and the invocation fails
    with pytest.raises(ExceptionGroup, match="1 pieces of work failed") as raised:
        world.sweep()
    assert [type(error) for error in raised.value.exceptions] == [ValueError]
    assert len(world.events_of(EventType.ESCALATED)) == 4
    # And the cursor stays at it, which is the lag
    assert world.cursor(Job.SWEEP)["hour"] == "2026-03-10T14"
    assert world.metric("SweepLagS") == (22 * HOUR + 30 * MINUTE).total_seconds()
    # And once it is mended, it is escalated
    assert isinstance(world.tickets, Broken)
    world.tickets.broken.clear()
    world.move_on(NOW + 3 * DAY)
    assert world.sweep()["sweep"]["escalated"] == 1


def test_many_broken_tickets_hold_up_no_other_either() -> None:
    # Given four overdue tickets after each other that cannot be written, and one behind them
    world = broken(1, 2, 3, 4, of=5)
    # When the rule fires / Then that one is escalated
    with pytest.raises(ExceptionGroup, match="4 pieces of work failed"):
        world.sweep()
    assert len(world.events_of(EventType.ESCALATED)) == 1
    assert world.cursor(Job.SWEEP)["hour"] == "2026-03-10T13"


def test_where_nothing_works_the_sweep_ends() -> None:
    # Given ten overdue tickets none of which can be written / When the rule fires
    world = broken(*range(1, 11), of=10, apart=MINUTE)
    assert isinstance(world.tickets, Broken)
    world.tickets.error = TimeoutError
    with pytest.raises(ExceptionGroup, match="3 pieces of work failed"):
        world.sweep()
    # Then it has not tried them all, and the cursor is where it was
    assert world.cursor(Job.SWEEP)["hour"] == "2026-03-10T12"


def test_a_list_that_fails_is_not_passed(world: World) -> None:
    # Given an overdue ticket / When the list that it is in fails
    after_the_first_sweep(world)
    world.open(1, due_at=NOW)
    world.move_on(NOW + 30 * MINUTE)
    for call in range(5, 40):
        world.faults.plan({call: fail})
        try:
            world.sweep()
        except ExceptionGroup:
            break
    # Then the next sweep finds it
    world.faults.plan({})
    world.move_on(NOW + 4 * HOUR)
    world.sweep()
    assert len(world.events_of(EventType.ESCALATED)) == 1


def test_a_sweep_whose_lease_was_taken_over_ends_quietly(world: World) -> None:
    # Given a sweep in the midst of which another one takes its lease
    world.open(1, due_at=NOW - HOUR)
    world.move_on(NOW)

    def take_over() -> None:
        later = NOW + HOUR
        world.jobs.acquire(Lease(Job.SWEEP, "another", later, later + MINUTE))

    world.faults.plan({6: take_over})
    # When it comes to its end / Then what it did is said, and the cursor is the other's to move
    assert world.sweep()["sweep"]["escalated"] == 1
    assert world.cursor(Job.SWEEP) == {}
    # And the other still has its lease
    assert not world.jobs.acquire(Lease(Job.SWEEP, "third", NOW + HOUR, NOW + 2 * HOUR))


def test_what_another_run_is_at_is_left_to_it(world: World) -> None:
    # Given a run that holds the lease / When another tick comes
    world.open(1, due_at=NOW - HOUR)
    world.move_on(NOW)
    world.jobs.acquire(Lease(Job.SWEEP, "another", NOW, NOW + 2 * MINUTE))
    # Then it does nothing, and is no failure
    assert world.sweep() == {"sweep": {"left_to_another_run": True}}
    assert not world.webhook.told


def test_a_killed_run_holds_the_lease_no_longer_than_it_could_have_run(world: World) -> None:
    # Given a run that was killed: it gave nothing back
    world.faults.plan({3: kill})
    lease: list[Lease] = []
    world.jobs.release = lease.append  # type: ignore[method-assign]
    with pytest.raises(Killed):
        world.sweep(identity="killed")
    del world.jobs.release
    world.faults.plan({})
    # When the same event comes again / Then it may go on
    assert "escalated" in world.sweep(identity="killed")["sweep"]
    # And another may when the first one's two minutes are over
    assert lease[0].expires_at == NOW + 121 * timedelta(seconds=1)


def test_an_older_tick_moves_nothing_back(world: World) -> None:
    # Given sweeps up to now / When a tick of two days ago is delivered at last
    world.move_on(NOW + 2 * DAY)
    world.sweep()
    before = world.cursor(Job.SWEEP)
    done = world.sweep(NOW)["sweep"]
    # Then it does nothing
    assert (done["escalated"], done["complete"]) == (0, True)
    assert world.cursor(Job.SWEEP) == before
    assert world.metric("SweepLagS") == 0
