"""What every store of tickets must do: in memory, and on DynamoDB on each engine."""

from __future__ import annotations

import pytest

from desk.domain.errors import StaleTicketError, TicketNotFoundError
from desk.domain.event import EventType
from desk.domain.paging import Page
from desk.domain.ticket import Status
from tests.service.samples import (
    HOUR,
    NOW,
    cause,
    changed,
    closed,
    comment,
    created,
    edited,
    ticket,
)
from tests.service.stores import STORES, Store, store_on


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    return store_on(request)


@pytest.mark.proves("D1")
def test_what_is_added_is_read_back(store: Store) -> None:
    # Given a ticket with all that a ticket can have
    escalated = ticket(assignee="zoë", due_at=NOW - HOUR).escalated(cause())
    full = closed(escalated)._replace(solved_at=NOW)
    # When it is added / Then it is read back as it was
    store.tickets.add(full, created(full))
    assert store.tickets.get(full.id) == full


def test_an_unknown_ticket_is_not_found(store: Store) -> None:
    # Given no ticket / When one is read / Then it is not found
    with pytest.raises(TicketNotFoundError):
        store.tickets.get("01J0")


def test_an_id_is_added_once(store: Store) -> None:
    # Given a ticket that is there
    store.having(ticket())
    # When another is added under its id / Then that is refused and nothing is changed
    other = ticket(title="another")
    with pytest.raises(StaleTicketError):
        store.tickets.add(other, created(other))
    assert store.tickets.get(ticket().id).title == ticket().title


def test_an_update_goes_to_the_next_version(store: Store) -> None:
    # Given an overdue ticket
    before = ticket(due_at=NOW - HOUR)
    store.having(before)
    # When its escalation is written
    after = before.escalated(cause())
    store.tickets.update(before, after, changed(before, after, EventType.ESCALATED))
    # Then the next version is read back
    assert store.tickets.get(before.id) == after


def test_what_an_update_takes_away_is_gone(store: Store) -> None:
    # Given a solved ticket with an assignee
    before = ticket(assignee="ann")
    store.having(before)
    solved = store.solve(before)
    # When it is opened again, and given to nobody
    opened = store.edit(solved, assignee=None, status=Status.OPEN)
    # Then neither is left
    read = store.tickets.get(before.id)
    assert read == opened
    assert (read.assignee, read.solved_at) == (None, None)


@pytest.mark.proves("D1")
def test_a_stale_update_is_refused(store: Store) -> None:
    # Given a ticket that has moved on
    before = ticket()
    store.having(before)
    after = store.edit(before, title="Printer still on fire")
    # When another change of the old version comes / Then it is refused, and nothing changes
    other = edited(before, title="Printer is fine")
    with pytest.raises(StaleTicketError):
        store.tickets.update(before, other, changed(before, other))
    assert store.tickets.get(before.id) == after


def test_what_is_not_there_cannot_be_updated(store: Store) -> None:
    # Given no ticket / When one is updated / Then that is refused, and there is still none
    after = edited(ticket(), title="another")
    with pytest.raises(StaleTicketError):
        store.tickets.update(ticket(), after, changed(ticket(), after))
    with pytest.raises(TicketNotFoundError):
        store.tickets.get(ticket().id)


def test_each_version_has_its_event(store: Store) -> None:
    # Given a ticket with changes, one of which came too late
    first = ticket()
    store.having(first)
    second = store.edit(first, title="2")
    late = edited(first, title="late")
    with pytest.raises(StaleTicketError):
        store.tickets.update(first, late, changed(first, late))
    store.edit(second, title="3")
    # When what is stored of it is read / Then there is an event for each version, without gaps
    events = [item for item in store.archive.read(first.id) if item["entity"] == "Event"]
    assert [event["version"] for event in events] == [1, 2, 3]


@pytest.mark.proves("A9")
@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_many_are_read_at_once(store: Store, count: int) -> None:
    # Given some tickets
    there = [ticket(number) for number in range(3)]
    store.having(*there)
    # When so many are asked for, each twice, most of them not there
    asked = [ticket(number).id for number in range(count)] * 2
    found = store.tickets.get_many(asked)
    # Then those that are there are found
    assert found == {each.id: each for each in there[:count]}


def test_a_comment_comes_with_the_next_version(store: Store) -> None:
    # Given a ticket
    before = ticket()
    store.having(before)
    # When it is commented
    after = before.commented(cause())
    event = changed(before, after, EventType.COMMENTED)
    store.tickets.comment(before, after, comment(before), event)
    # Then there is the comment, the version and its event
    assert store.tickets.comments(before.id, 10, None) == Page((comment(before),), None)
    assert store.tickets.find_comment(before.id, comment(before).id) == comment(before)
    # And no other, and none below another ticket
    assert store.tickets.find_comment(before.id, comment(before, 2).id) is None
    assert store.tickets.find_comment(ticket(2).id, comment(before).id) is None
    assert store.tickets.get(before.id) == after
    entities = [item["entity"] for item in store.archive.read(before.id)]
    assert sorted(entities) == ["Comment", "Event", "Event", "Ticket"]


def test_a_comment_on_an_old_version_leaves_nothing(store: Store) -> None:
    # Given a ticket that has moved on
    before = ticket()
    store.having(before)
    store.edit(before, title="another")
    # When the old version is commented / Then that is refused, and nothing of it is there
    after = before.commented(cause())
    with pytest.raises(StaleTicketError):
        store.tickets.comment(before, after, comment(before), changed(before, after))
    assert store.tickets.comments(before.id, 10, None).items == ()
    assert [item["entity"] for item in store.archive.read(before.id)].count("Event") == 2


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
def test_comments_come_in_pages(store: Store, limit: int) -> None:
    # Given a ticket with four comments, and another with one
    current, other = ticket(), ticket(2)
    store.having(current, other)
    wanted = [comment(current, number) for number in range(4)]
    for each in wanted:
        following = current.commented(cause())
        store.tickets.comment(current, following, each, changed(current, following))
        current = following
    store.tickets.comment(
        other, other.commented(cause()), comment(other), changed(other, other.commented(cause()))
    )
    # When its comments are walked through in pages of any size
    found, sizes = [], []
    page = store.tickets.comments(current.id, limit, None)
    while True:
        found += page.items
        sizes.append(len(page.items))
        if page.following is None:
            break
        page = store.tickets.comments(current.id, limit, page.following)
    # Then each is there once, in order, and no page is empty or too long
    assert found == wanted
    assert all(0 < size <= limit for size in sizes)


def test_what_is_not_there_has_no_comments(store: Store) -> None:
    assert store.tickets.comments("01J0", 10, None) == Page((), None)
