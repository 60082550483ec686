"""What every store's lists must be: in memory, and on DynamoDB on each engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from desk.domain import instants
from desk.domain.event import EventType
from desk.domain.paging import Page, Position
from desk.domain.ticket import Priority, Status, Ticket
from tests.service.samples import DAY, HOUR, NOW, cause, changed, ticket
from tests.service.stores import STORES, Store, store_on

SECOND = timedelta(seconds=1)
NOON = instants.hour(NOW)  # the tickets' NOW is half past

Turn = Callable[[Position | None], Page[Ticket]]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    return store_on(request)


def walked(turn: Turn, most: int = 50) -> list[Ticket]:
    """All of a list, page for page; where the next one begins has to be text only."""
    found: list[Ticket] = []
    following: Position | None = None
    for _ in range(most):
        page = turn(following)
        assert page.items or following is None, "only a list without items has an empty page"
        found += page.items
        if page.following is None:
            return found
        assert isinstance(page.following, Mapping)
        assert {type(part) for pair in page.following.items() for part in pair} == {str}
        following = page.following
    raise AssertionError("the list has no end")


def test_a_teams_list_has_the_most_pressing_first_then_the_oldest(store: Store) -> None:
    # Given a ticket of each priority, and two of one that are not equally old
    older, younger = ticket(1, cause=cause(NOW - HOUR)), ticket(2, cause=cause(NOW))
    low = ticket(3, priority=Priority.LOW, cause=cause(NOW - 9 * HOUR))
    urgent, high = ticket(4, priority=Priority.URGENT), ticket(5, priority=Priority.HIGH)
    store.having(low, younger, urgent, older, high, ticket(6, team="sales"))
    # When the team's list is read / Then it is in this order, without another team's
    page = store.lists.of_team("ops", Status.NEW, 100, None)
    assert page == Page((urgent, high, older, younger, low), None)


def test_a_teams_list_is_that_of_a_status(store: Store) -> None:
    # Given a team with a new ticket and an open one
    new, before = ticket(1), ticket(2)
    store.having(new, before)
    opened = store.edit(before, status=Status.OPEN)
    # When it is read by status / Then each has its own, and other statuses none
    lists = {each: store.lists.of_team("ops", each, 9, None).items for each in Status}
    assert lists == dict.fromkeys(Status, ()) | {Status.NEW: (new,), Status.OPEN: (opened,)}
    assert list(store.lists.all_of_team("ops", Status.OPEN)) == [opened.id]


def test_a_ticket_that_goes_to_another_team_is_in_its_list(store: Store) -> None:
    # Given a ticket / When it goes to another team
    store.having(ticket())
    moved = store.edit(ticket(), team="sales")
    # Then it is in that team's list only
    assert store.lists.of_team("ops", Status.NEW, 9, None).items == ()
    assert store.lists.of_team("sales", Status.NEW, 9, None).items == (moved,)


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
def test_a_walk_through_a_teams_list_meets_each_once(store: Store, limit: int) -> None:
    # Given seven tickets that are all equally pressing and equally old
    equal = [ticket(number) for number in range(7)]
    store.having(*reversed(equal))
    # When their list is walked through in pages of any size / Then each is met once
    assert walked(lambda after: store.lists.of_team("ops", Status.NEW, limit, after)) == equal


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_an_assignees_list_goes_by_status_then_by_deadline(store: Store, limit: int) -> None:
    # Given somebody with two new tickets and an open one, and somebody else with one
    late = ticket(1, due_at=NOW + 2 * HOUR, assignee="ann")
    soon = ticket(2, due_at=NOW + HOUR, assignee="ann")
    before = ticket(3, due_at=NOW, assignee="ann")
    store.having(late, soon, before, ticket(4, assignee="bob"), ticket(5))
    opened = store.edit(before, status=Status.OPEN)
    # When the list is walked through, whole and by status / Then it is in this order
    of_all = walked(lambda after: store.lists.of_assignee("ann", None, limit, after))
    of_new = walked(lambda after: store.lists.of_assignee("ann", Status.NEW, limit, after))
    assert of_all == [soon, late, opened]
    assert of_new == [soon, late]


def test_what_is_given_to_somebody_else_leaves_the_list(store: Store) -> None:
    # Given somebody's ticket / When it is given to somebody else, then to nobody
    store.having(ticket(assignee="ann"))
    given = store.edit(ticket(assignee="ann"), assignee="bob")
    assert store.lists.of_assignee("ann", None, 9, None).items == ()
    assert store.lists.of_assignee("bob", None, 9, None).items == (given,)
    # Then it is in nobody's list
    store.edit(given, assignee=None)
    assert store.lists.of_assignee("bob", None, 9, None).items == ()


def test_all_of_a_team_are_all(store: Store) -> None:
    # Given tickets of two teams
    store.having(*(ticket(number) for number in range(5)), ticket(9, team="sales"))
    # When all of one are asked for / Then it is these
    found = store.lists.all_of_team("ops", Status.NEW)
    assert sorted(found) == [ticket(number).id for number in range(5)]


@pytest.mark.proves("D3")
@pytest.mark.parametrize(
    ("due_at", "found"),
    [(NOW, True), (NOW + SECOND, False), (NOW - SECOND, True), (NOW - 100 * DAY, True)],
)
def test_what_is_overdue_is_found(store: Store, due_at: object, found: bool) -> None:
    # Given a ticket, written in this hour, with this deadline
    due = ticket(due_at=due_at)
    store.having(due)
    # When looking at this hour / Then it is found if its deadline has been reached, however old
    assert list(store.lists.due(NOON, NOW)) == ([due.id] if found else [])


def test_a_ticket_is_under_the_hour_of_its_deadline(store: Store) -> None:
    # Given deadlines at both ends of an hour, and right beside it
    start = instants.start_of_hour(instants.hour(NOW + 2 * HOUR))
    ends = [start - SECOND, start, start + HOUR - SECOND, start + HOUR]
    store.having(*(ticket(number, due_at=end) for number, end in enumerate(ends)))
    # When looking at this hour, much later / Then only those within are found
    found = store.lists.due(instants.hour(start), NOW + 9 * HOUR)
    assert sorted(found) == [ticket(1).id, ticket(2).id]


def test_a_deadline_that_is_set_into_the_past_is_under_the_hour_of_the_change(store: Store) -> None:
    # Given an old ticket whose deadline is far away
    before = ticket(due_at=NOW + 100 * HOUR, cause=cause(NOW - 50 * HOUR))
    store.having(before)
    # When its deadline is set to one that has passed / Then this hour finds it
    store.edit(before, due_at=NOW - 20 * HOUR)
    assert list(store.lists.due(NOON, NOW)) == [before.id]
    assert list(store.lists.due(instants.hour(NOW - 20 * HOUR), NOW)) == []


def test_all_shards_are_looked_at(store: Store) -> None:
    # Given more overdue tickets than there are shards
    overdue = [ticket(number, due_at=NOW - HOUR) for number in range(30)]
    store.having(*overdue)
    # When looking / Then each is found once
    assert sorted(store.lists.due(NOON, NOW)) == [each.id for each in overdue]


def test_what_is_escalated_is_no_longer_due(store: Store) -> None:
    # Given an overdue ticket that is escalated
    before = ticket(due_at=NOW - HOUR)
    store.having(before)
    after = before.escalated(cause())
    store.tickets.update(before, after, changed(before, after, EventType.ESCALATED))
    # When looking / Then it is not found, until a new deadline passes
    assert list(store.lists.due(NOON, NOW)) == []
    store.edit(after, due_at=NOW - SECOND)
    assert list(store.lists.due(NOON, NOW)) == [before.id]


def test_what_is_solved_or_closed_is_not_due(store: Store) -> None:
    # Given overdue tickets / When they are solved and closed / Then they are not found as due
    store.having(ticket(1, due_at=NOW - HOUR), ticket(2, due_at=NOW - HOUR))
    store.solve(ticket(1, due_at=NOW - HOUR))
    store.close(ticket(2, due_at=NOW - HOUR))
    assert list(store.lists.due(NOON, NOW)) == []


def test_what_was_solved_is_under_its_day(store: Store) -> None:
    # Given tickets that were solved at both ends of a day, at noon, and right beside it
    midnight = NOW.replace(hour=0, minute=0)
    ends = [midnight - SECOND, midnight, NOW, midnight + DAY - SECOND, midnight + DAY]
    for number, end in enumerate(ends):
        store.having(ticket(number, cause=cause(NOW - 9 * DAY)))
        store.solve(ticket(number, cause=cause(NOW - 9 * DAY)), at=end)
    # When looking at the day, to its end and to noon / Then those within are found, noon included
    ids = [ticket(number).id for number in range(5)]
    assert sorted(store.lists.solved(NOW.date(), NOW + 9 * DAY)) == ids[1:4]
    assert sorted(store.lists.solved(NOW.date(), NOW)) == ids[1:3]
    assert sorted(store.lists.solved(NOW.date(), NOW - SECOND)) == ids[1:2]


def test_what_was_closed_is_under_its_day_and_no_longer_solved(store: Store) -> None:
    # Given a ticket that was solved and then closed
    store.having(ticket())
    store.close(ticket())
    # When looking at the day / Then it is closed, from its instant on
    assert list(store.lists.solved(NOW.date(), NOW)) == []
    assert list(store.lists.closed(NOW.date(), NOW)) == [ticket().id]
    assert list(store.lists.closed(NOW.date(), NOW - SECOND)) == []


def test_what_is_opened_again_is_no_longer_solved(store: Store) -> None:
    # Given a solved ticket / When it is opened again / Then it is under its deadline
    store.having(ticket(due_at=NOW))
    store.edit(store.solve(ticket(due_at=NOW)), status=Status.OPEN)
    assert list(store.lists.solved(NOW.date(), NOW)) == []
    assert list(store.lists.due(NOON, NOW)) == [ticket().id]
