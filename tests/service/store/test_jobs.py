"""What every store of jobs and archive must do: in memory, and on DynamoDB on each engine."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from desk.domain.errors import LeaseLostError, TicketNotFoundError
from desk.domain.jobs import Job, Lease
from tests.service.samples import DAY, HOUR, NOW, cause, changed, comment, ticket
from tests.service.stores import STORES, Store, store_on

SECOND = timedelta(seconds=1)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    return store_on(request)


def lease(owner: str, at: datetime = NOW, job: Job = Job.SWEEP) -> Lease:
    return Lease(job=job, owner=owner, taken_at=at, expires_at=at + HOUR)


def test_a_job_runs_once_at_a_time(store: Store) -> None:
    # Given a run that holds the lease / When another wants it / Then only another job's is free
    assert store.jobs.acquire(lease("one"))
    assert not store.jobs.acquire(lease("other"))
    assert store.jobs.acquire(lease("other", job=Job.ARCHIVE))


def test_the_same_run_may_go_on(store: Store) -> None:
    # Given a run that holds the lease / When its event is delivered again / Then it may go on
    assert store.jobs.acquire(lease("one"))
    assert store.jobs.acquire(lease("one", NOW + SECOND))
    # And its lease lasts for longer
    assert not store.jobs.acquire(lease("other", NOW + HOUR))
    assert store.jobs.acquire(lease("other", NOW + HOUR + SECOND))


@pytest.mark.parametrize(("late", "free"), [(-SECOND, False), (timedelta(0), True), (SECOND, True)])
def test_a_lease_falls_to_anybody_at_its_end(store: Store, late: timedelta, free: bool) -> None:
    # Given a run that died / When another comes, before, at, or after the lease's end
    store.jobs.acquire(lease("one"))
    # Then it is free from the end on
    assert store.jobs.acquire(lease("other", NOW + HOUR + late)) == free


def test_what_is_given_back_is_free(store: Store) -> None:
    # Given a run that gives its lease back, twice / When another wants it / Then it is free
    store.jobs.acquire(lease("one"))
    store.jobs.release(lease("one"))
    store.jobs.release(lease("one"))
    assert store.jobs.acquire(lease("other"))


def test_nobody_gives_back_what_is_anothers(store: Store) -> None:
    # Given a run that came too late to give back / When it does / Then the other's lease stays
    store.jobs.acquire(lease("one"))
    store.jobs.acquire(lease("other", NOW + HOUR))
    store.jobs.release(lease("one"))
    assert not store.jobs.acquire(lease("third", NOW + HOUR))


def test_a_job_goes_on_where_it_stopped(store: Store) -> None:
    # Given no run so far
    assert store.jobs.cursor(Job.SWEEP) == {}
    # When one moves the cursor, and moves it on / Then it is where it was moved, for this job only
    store.jobs.acquire(lease("one"))
    store.jobs.move(lease("one"), {"hour": "2026-03-10T12", "day": "2026-03-01"})
    store.jobs.move(lease("one"), {"hour": "2026-03-10T13"})
    assert store.jobs.cursor(Job.SWEEP) == {"hour": "2026-03-10T13"}
    assert store.jobs.cursor(Job.ARCHIVE) == {}


def test_who_has_lost_the_lease_moves_nothing(store: Store) -> None:
    # Given a run whose lease another has taken over
    store.jobs.acquire(lease("one"))
    store.jobs.move(lease("one"), {"hour": "2026-03-10T12"})
    store.jobs.acquire(lease("other", NOW + HOUR))
    # When it moves the cursor / Then it is told, and the cursor stays; the other may move it
    with pytest.raises(LeaseLostError):
        store.jobs.move(lease("one"), {"hour": "2026-03-10T11"})
    assert store.jobs.cursor(Job.SWEEP) == {"hour": "2026-03-10T12"}
    store.jobs.move(lease("other", NOW + HOUR), {"hour": "2026-03-10T14"})
    assert store.jobs.cursor(Job.SWEEP) == {"hour": "2026-03-10T14"}


def test_who_has_given_the_lease_back_moves_nothing(store: Store) -> None:
    # Given a run that gave its lease back / When it moves the cursor / Then it is told
    store.jobs.acquire(lease("one"))
    store.jobs.release(lease("one"))
    with pytest.raises(LeaseLostError):
        store.jobs.move(lease("one"), {"hour": "2026-03-10T11"})
    assert store.jobs.cursor(Job.SWEEP) == {}


def test_all_that_belongs_to_a_ticket_is_read(store: Store) -> None:
    # Given a ticket with a comment and a watcher, and another ticket
    before = ticket()
    store.having(before, ticket(2))
    store.watchers.add(before.id, "ann", cause())
    after = before.commented(cause())
    store.tickets.comment(before, after, comment(before), changed(before, after))
    # When it is read
    items = store.archive.read(before.id)
    # Then it is these, by their sort keys, as plain values
    assert [item["sk"] for item in items] == [
        f"COMMENT#{comment(before).id}",
        "EVENT#0000000001",
        "EVENT#0000000002",
        "META",
        "WATCHER#ann",
    ]
    assert {item["pk"] for item in items} == {f"TICKET#{before.id}"}
    assert {type(value) for item in items for value in item.values()} <= {str, int, dict}
    assert items[3]["watchers"] == 1


def test_a_ticket_says_how_many_watch_it_once_somebody_did(store: Store) -> None:
    # Given a ticket / When it is watched, and then no more / Then it says so: nobody
    store.having(ticket())
    assert "watchers" not in store.archive.read(ticket().id)[-1]
    store.watchers.add(ticket().id, "ann", cause())
    store.watchers.remove(ticket().id, "ann")
    assert store.archive.read(ticket().id)[-1]["watchers"] == 0


def test_nothing_is_read_of_what_is_not_there(store: Store) -> None:
    assert list(store.archive.read("01J0")) == []


@pytest.mark.proves("A9")
def test_a_ticket_with_many_items_is_deleted(store: Store) -> None:
    # Given a ticket with more items than one request deletes, and another
    current = ticket()
    store.having(current, ticket(2))
    for number in range(30):
        after = current.commented(cause(NOW + DAY))
        event = changed(current, after)
        store.tickets.comment(current, after, comment(current, number), event)
        current = after
    keys = [item["sk"] for item in store.archive.read(current.id)]
    assert len(keys) == 62
    # When all of it is deleted, and then again
    for _ in range(2):
        store.archive.delete(current.id, keys)
    # Then it is gone, and the other is there
    assert list(store.archive.read(current.id)) == []
    with pytest.raises(TicketNotFoundError):
        store.tickets.get(current.id)
    assert list(store.lists.all_of_team("ops", ticket().status)) == [ticket(2).id]


def test_what_is_not_named_is_not_deleted(store: Store) -> None:
    # Given a ticket with a watcher / When only its event is deleted / Then the rest is there
    store.having(ticket())
    store.watchers.add(ticket().id, "ann", cause())
    store.archive.delete(ticket().id, ["EVENT#0000000001"])
    assert [item["sk"] for item in store.archive.read(ticket().id)] == ["META", "WATCHER#ann"]
