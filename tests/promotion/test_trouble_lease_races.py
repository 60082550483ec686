"""No two runs hold an environment at the same time, whatever each of them does, and when."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.locking.environment import LEASE_SECONDS
from pipeline.locking.lease import Lease, LeaseLostError, Watch, judge
from tests.promotion.leases import Clock, Memory, elsewhere


@given(st.floats(0, 1e6), st.floats(0, 200), st.floats(0.1, 100))
def test_only_silence_of_the_whole_length_is_death(
    since: float, after: float, length: float
) -> None:
    now = since + after

    assert judge(Watch("a", since), "b", now, length) == "alive"
    assert judge(Watch("a", since), "a", now, length) == (
        "dead" if now - since >= length else "unknown"
    )


class Actor:
    """A run that takes the lease, renews it, sleeps, is cut off, or dies, as it is told."""

    def __init__(self, name: str, store: Memory, clock: Clock) -> None:
        self._store, self._clock, self._name = store, clock, name
        self.lease: Lease | None = None
        self.watch: Watch | None = None

    def act(self, what: str) -> None:
        if self.lease is None:
            if what != "pause":
                self._challenge()
        elif what == "renew":
            try:
                self.lease.renew()
            except LeaseLostError:
                self.lease = None
        elif what == "die":
            self.lease = None
        elif what == "release":
            self.lease.release()
            self.lease = None

    def _challenge(self) -> None:
        """One look of `take`, so that the others act in between."""
        mine = Lease(self._store, "dev", elsewhere(self._name), self._clock)
        if mine._create():
            self.lease, self.watch = mine, None
            return
        found = self._store.read()
        assert found is not None
        if self.watch is None or found.etag != self.watch.etag:
            self.watch = Watch(found.etag, self._clock())
        if judge(self.watch, found.etag, self._clock(), LEASE_SECONDS) == "dead" and mine._replace(
            found.etag
        ):
            self.lease, self.watch = mine, None

    @property
    def holds(self) -> bool:
        return self.lease is not None and self.lease.is_held


ACTS = st.sampled_from(["renew", "renew", "pause", "die", "release"])


@pytest.mark.proves("P4")
@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 2), ACTS, st.floats(0, 70)), max_size=60))
def test_no_two_runs_ever_hold_it_at_the_same_time(story: list[tuple[int, str, float]]) -> None:
    store, clock = Memory(), Clock()
    actors = [Actor(name, store, clock) for name in ("ann", "bob", "eve")]
    for who, what, seconds in story:
        actors[who].act(what)
        assert sum(actor.holds for actor in actors) <= 1
        clock.now += seconds
        assert sum(actor.holds for actor in actors) <= 1
