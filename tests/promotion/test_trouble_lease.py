"""The lease between machines: who holds it, and who finds the holder dead."""

from __future__ import annotations

import threading

import pytest

from codegen.errors import BatonError
from pipeline.locking.environment import LEASE_SECONDS
from pipeline.locking.holder import Holder, this_machine
from pipeline.locking.lease import Lease, LeaseLostError, Stored
from pipeline.locking.renewal import RENEWALS, renewed
from tests.promotion.leases import Clock, Memory, elsewhere, lease, take


def test_a_free_lease_is_taken_at_once_and_given_back() -> None:
    store, clock = Memory(), Clock()
    mine = lease(store, clock, "ann")

    take(mine, clock)

    assert (clock.now, clock.said, mine.is_held) == (0.0, [], True)
    mine.release()
    assert (store.stored, mine.is_held) == (None, False)


@pytest.mark.proves("P4")
def test_a_holder_that_renews_is_alive_and_named() -> None:
    # Given a holder that renews in time
    store, clock = Memory(), Clock()
    hers = lease(store, clock, "ann")
    take(hers, clock)
    clock.while_asleep = lambda: (
        hers.renew() if clock.now % (LEASE_SECONDS / RENEWALS) < 2 else None
    )

    # When somebody else wants the lease, Then he is refused as soon as it is renewed
    with pytest.raises(
        BatonError, match=r"another run is changing dev: `baton promote dev` of ann"
    ):
        take(lease(store, clock, "bob"), clock)

    assert clock.now <= LEASE_SECONDS / RENEWALS + 2
    assert len(clock.said) == 1
    assert hers.is_held


def test_a_silent_holder_is_taken_over_after_its_length_by_the_challengers_clock() -> None:
    # Given a holder that was killed
    store, clock = Memory(), Clock()
    hers = lease(store, clock, "ann")
    take(hers, clock)

    # When somebody else looks for the length of the lease
    his = lease(store, clock, "bob")
    take(his, clock)

    # Then it is his; and hers is lost, should she be there after all
    assert clock.now == LEASE_SECONDS
    assert his.is_held
    with pytest.raises(LeaseLostError, match="held by `baton promote dev` of bob"):
        hers.check()


def test_a_dead_process_of_this_machine_is_not_waited_for() -> None:
    if not this_machine():
        pytest.skip("only Linux tells one process from another that gets its id")
    store, clock = Memory(), Clock()
    take(Lease(store, "dev", Holder.here("promote dev", LEASE_SECONDS), clock), clock)
    dead = Holder.here("promote dev", LEASE_SECONDS).model_copy(
        update={"process": "of another start"}
    )
    store.stored = Stored("x", dead.to_bytes())

    take(lease(store, clock, "bob"), clock)

    assert (clock.now, clock.said) == (0.0, [])


def test_what_is_garbled_is_waited_for_too() -> None:
    store, clock = Memory(Stored("x", b"{")), Clock()

    take(lease(store, clock, "bob"), clock)

    assert clock.now == LEASE_SECONDS


def test_of_two_that_take_over_one_gets_it() -> None:
    # Given a dead holder and two challengers, of whom the other is faster by one look
    store, clock = Memory(), Clock()
    take(lease(store, clock, "ann"), clock)
    other = lease(store, clock, "eve")
    old = store.stored

    def faster() -> None:
        if clock.now >= LEASE_SECONDS and store.stored is old and old is not None:
            assert other._replace(old.etag)

    clock.while_asleep = faster

    with pytest.raises(BatonError, match="of eve"):
        take(lease(store, clock, "bob"), clock)

    assert other.is_held


def test_an_answer_that_was_lost_on_its_way_loses_no_lease() -> None:
    # Given a renewal that was written, but whose answer has never come
    store, clock = Memory(), Clock()
    mine = lease(store, clock, "ann")
    take(mine, clock)
    store._write(mine._content())

    # When it is renewed, checked and given back, Then it is one's own all the time
    mine.renew()
    store._write(mine._content())
    mine.check()
    store._write(mine._content())
    mine.release()
    assert store.stored is None


def test_a_network_that_is_away_shortly_does_not_end_the_run_one_that_is_away_long_does() -> None:
    # Given a lease, and then no answer any more
    store, clock = Memory(), Clock()
    mine = lease(store, clock, "ann")
    take(mine, clock)
    store.silent = True

    # When somewhat less than its length has gone by, Then the run may go on; after it, it may not
    clock.now = LEASE_SECONDS - 1
    mine.check()
    clock.now = LEASE_SECONDS
    with pytest.raises(LeaseLostError, match="changes nothing more: dev does not answer"):
        mine.check()

    # And when the answers come again and nobody has taken it, the run may go on
    store.silent = False
    mine.check()
    assert mine.is_held


def test_it_is_held_from_before_the_request_which_may_have_arrived_at_once() -> None:
    # Given a store whose answers take their time
    store, clock = Memory(), Clock()
    write = store._write

    def slow(content: bytes) -> str:
        etag = write(content)
        clock.now += 10
        return etag

    store._write = slow  # type: ignore[method-assign]
    mine = lease(store, clock, "ann")

    # When it is taken, Then it ends where a challenger that saw it at once would take it
    take(mine, clock)
    clock.now = LEASE_SECONDS - 1
    assert mine.is_held
    clock.now = LEASE_SECONDS
    assert not mine.is_held


def test_a_lease_that_somebody_removed_is_lost() -> None:
    store, clock = Memory(), Clock()
    mine = lease(store, clock, "ann")
    take(mine, clock)
    store.stored = None

    with pytest.raises(LeaseLostError, match="it is gone"):
        mine.check()

    assert not mine.is_held
    mine.release()


def test_the_thread_goes_on_after_an_answer_that_failed_and_ends_with_the_block() -> None:
    # Given a lease whose first renewal finds no answer
    store, clock = Memory(), Clock()
    short = elsewhere("ann").model_copy(update={"lease_seconds": 0.02})
    mine = Lease(store, "dev", short, clock)
    take(mine, clock)
    asked: list[bool] = []
    renew = mine.renew

    def noted() -> None:
        asked.append(True)
        store.silent = len(asked) == 1
        renew()

    mine.renew = noted  # type: ignore[method-assign]

    # When it is renewed beside what is done
    with renewed(mine):
        while store.writes < 4:
            pass

    # Then it ends with the block
    written = store.writes
    assert not [thread for thread in threading.enumerate() if thread.name == "lease"]
    assert store.writes == written
