"""What every store of watchers and teams must do: in memory, and on DynamoDB on each engine."""

from __future__ import annotations

import pytest

from desk.domain.errors import NotAllowedError, TicketNotFoundError
from tests.service.samples import cause, changed, ticket
from tests.service.stores import LIMIT, STORES, Store, store_on


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    return store_on(request)


def test_watchers_are_listed_by_name(store: Store) -> None:
    # Given a ticket / When some watch it / Then they are listed by name, and for it only
    store.having(ticket(), ticket(2))
    for user in ("zoë", "bob", "ann"):
        store.watchers.add(ticket().id, user, cause())
    assert store.watchers.of(ticket().id) == ("ann", "bob", "zoë")
    assert store.watchers.of(ticket(2).id) == ()


def test_watching_twice_is_watching_once(store: Store) -> None:
    # Given somebody who watches a ticket / When that comes again and again
    store.having(ticket())
    for _ in range(LIMIT + 1):
        store.watchers.add(ticket().id, "ann", cause())
    # Then it is once, and counts as one: there is room for the others
    for number in range(LIMIT - 1):
        store.watchers.add(ticket().id, f"user{number}", cause())
    assert len(store.watchers.of(ticket().id)) == LIMIT


def test_nobody_watches_what_is_not_there(store: Store) -> None:
    # Given no ticket / When somebody wants to watch it / Then it is not found
    with pytest.raises(TicketNotFoundError):
        store.watchers.add("01J0", "ann", cause())
    assert store.watchers.of("01J0") == ()


def test_a_closed_ticket_gets_no_watchers(store: Store) -> None:
    # Given a ticket that somebody watches, and that is closed
    store.having(ticket())
    store.watchers.add(ticket().id, "ann", cause())
    store.close(ticket())
    # When others want to watch it / Then they may not; who watches it already, does
    with pytest.raises(NotAllowedError, match="closed"):
        store.watchers.add(ticket().id, "bob", cause())
    store.watchers.add(ticket().id, "ann", cause())
    assert store.watchers.of(ticket().id) == ("ann",)


def test_a_ticket_has_only_so_many_watchers(store: Store) -> None:
    # Given a ticket with as many watchers as it can have
    store.having(ticket())
    for number in range(LIMIT):
        store.watchers.add(ticket().id, f"user{number}", cause())
    # When one more comes / Then it may not; one of them may, and in somebody's place another
    with pytest.raises(NotAllowedError, match=f"{LIMIT} watchers"):
        store.watchers.add(ticket().id, "ann", cause())
    store.watchers.add(ticket().id, "user0", cause())
    store.watchers.remove(ticket().id, "user1")
    store.watchers.add(ticket().id, "ann", cause())
    assert store.watchers.of(ticket().id) == ("ann", "user0", "user2")


def test_not_watching_any_more_is_said_as_often_as_one_likes(store: Store) -> None:
    # Given a ticket with two watchers
    store.having(ticket())
    store.watchers.add(ticket().id, "ann", cause())
    store.watchers.add(ticket().id, "bob", cause())
    # When one leaves again and again, from what is not there, too
    for _ in range(LIMIT):
        store.watchers.remove(ticket().id, "ann")
    store.watchers.remove("01J0", "ann")
    # Then that has made room for one, not for more, and no ticket
    for number in range(LIMIT - 1):
        store.watchers.add(ticket().id, f"user{number}", cause())
    with pytest.raises(NotAllowedError):
        store.watchers.add(ticket().id, "one too many", cause())
    with pytest.raises(TicketNotFoundError):
        store.tickets.get("01J0")


def test_changes_and_watchers_leave_each_other_alone(store: Store) -> None:
    # Given a ticket that is read, and then watched by as many as can
    store.having(ticket())
    for number in range(LIMIT):
        store.watchers.add(ticket().id, f"user{number}", cause())
    # When the version that was read is changed, and commented / Then that is not stale
    edited = store.edit(ticket(), title="another")
    commented = edited.commented(cause())
    store.tickets.update(edited, commented, changed(edited, commented))
    # And the watchers are still counted
    with pytest.raises(NotAllowedError):
        store.watchers.add(ticket().id, "one too many", cause())


def test_teams_are_registered_once(store: Store) -> None:
    # Given no team / When teams are registered, one of them twice / Then they are all
    assert store.teams.all() == frozenset()
    for team in ("ops", "sales", "ops"):
        store.teams.register(team)
    assert store.teams.all() == {"ops", "sales"}


def test_there_are_only_so_many_teams(store: Store) -> None:
    # Given as many teams as there can be
    for number in range(LIMIT):
        store.teams.register(f"team{number}")
    # When one more is registered / Then it may not; those that are there may
    with pytest.raises(NotAllowedError, match=f"{LIMIT} teams"):
        store.teams.register("ops")
    store.teams.register("team0")
    assert store.teams.all() == {"team0", "team1", "team2"}
