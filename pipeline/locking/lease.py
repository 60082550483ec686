"""One run at a time between machines: a lease that its holder renews, and loses by silence.

No two clocks are compared. A challenger looks at the lease for as long as it runs: one that does
not change meanwhile has a holder that is dead, or that knows by its own clock that it has lost it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from codegen.errors import BatonError
from pipeline.locking.holder import Holder

LOOK_SECONDS = 2.0


class LeaseLostError(BatonError):
    """Somebody else may be changing the environment by now: nothing more may be changed."""


@dataclass(frozen=True)
class Stored:
    """A lease as it is stored: its content, and the tag that changes with every write."""

    etag: str
    content: bytes


class LeaseStore(Protocol):
    """Where the lease is; every change is made on the condition that nobody was faster."""

    def read(self) -> Stored | None: ...

    def create(self, content: bytes) -> str | None:
        """The new tag, None where there is one already."""

    def replace(self, content: bytes, etag: str) -> str | None:
        """The new tag, None where what is stored has another than `etag`."""

    def remove(self, etag: str) -> bool:
        """Whether what is stored had that tag, and is gone."""


@dataclass(frozen=True)
class Watch:
    """The tag that a challenger has seen, and since when, by its own clock."""

    etag: str
    since: float


def judge(
    watch: Watch, etag: str, now: float, lease_seconds: float
) -> Literal["alive", "dead", "unknown"]:
    """What a challenger may think of the holder of a lease (pure).

    Parameters
    ----------
    watch:
        What it saw first.
    etag, now:
        What it sees now, and when, in seconds of the same clock.
    lease_seconds:
        How long the holder may be silent.
    """
    if etag != watch.etag:
        return "alive"
    return "dead" if now - watch.since >= lease_seconds else "unknown"


def steady() -> float:
    """Seconds on a clock that no one sets, and that a machine's sleep does not stop."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class Lease:
    """The lease of one environment, for one run.

    Parameters
    ----------
    store:
        Where it is.
    environment:
        The environment's name, for messages.
    holder:
        This run.
    clock:
        Seconds, never set back.
    """

    def __init__(
        self,
        store: LeaseStore,
        environment: str,
        holder: Holder,
        clock: Callable[[], float] = steady,
    ) -> None:
        self._store = store
        self._environment = environment
        self._holder = holder
        self._clock = clock
        self._etag = ""
        self._until = float("-inf")
        self._one_at_a_time = threading.Lock()

    @property
    def seconds(self) -> float:
        """Its length."""
        return self._holder.lease_seconds

    @property
    def is_held(self) -> bool:
        """Whether nobody else can hold it now, as far as this clock tells."""
        return self._clock() < self._until

    def take(self, say: Callable[[str], None], sleep: Callable[[float], None]) -> None:
        """Take the lease: at once where it is free, after its length where its holder is silent.

        Raises
        ------
        BatonError
            Its holder is alive, or the store does not answer.
        """
        watch: Watch | None = None
        while not self._create():
            found = self._store.read()
            if found is None:  # given back just now
                sleep(LOOK_SECONDS / 10)
                continue
            holder = Holder.read(found.content) or Holder()
            if watch is None:
                watch = Watch(found.etag, self._clock())
                if not holder.is_gone:
                    say(_looking(self._environment, holder))
            seen = judge(watch, found.etag, self._clock(), holder.lease_seconds)
            if seen == "alive":
                raise _refusal(self._environment, holder)
            if (seen == "dead" or holder.is_gone) and self._replace(found.etag):
                return
            sleep(LOOK_SECONDS)

    def renew(self) -> None:
        """Say that this run is alive.

        Raises
        ------
        LeaseLostError
            Somebody else has taken the lease, or it is gone.
        BatonError
            The store does not answer; whether the lease is held, `is_held` knows.
        """
        with self._one_at_a_time:
            if self._replace(self._etag):
                return
            # an answer that was lost on its way: it may have been written all the same
            found = self._store.read()
            holder = Holder.read(found.content) if found else None
            mine = holder is not None and holder.token == self._holder.token
            if found and mine and self._replace(found.etag):
                return
            self._until = float("-inf")
        by = f"it is held by {holder}" if holder else "it is gone"
        raise _lost(self._environment, f"another run may have begun: {by}")

    def check(self) -> None:
        """Make sure that the lease is held, before something is changed.

        Raises
        ------
        LeaseLostError
            It is not, or that cannot be told.
        """
        try:
            self.renew()
        except LeaseLostError:
            raise
        except BatonError as error:
            if not self.is_held:
                raise _lost(self._environment, error.message) from error

    def release(self) -> None:
        """Give the lease back, if it is this run's still.

        Raises
        ------
        BatonError
            The store does not answer: the lease ends by itself.
        """
        with self._one_at_a_time:
            self._until = float("-inf")
            if self._store.remove(self._etag):
                return
            found = self._store.read()
            holder = Holder.read(found.content) if found else None
            if found and holder and holder.token == self._holder.token:
                self._store.remove(found.etag)

    def _create(self) -> bool:
        sent, content = self._clock(), self._content()
        return self._written(sent, self._store.create(content))

    def _replace(self, etag: str) -> bool:
        sent, content = self._clock(), self._content()
        return self._written(sent, self._store.replace(content, etag))

    def _content(self) -> bytes:
        self._holder = self._holder.model_copy(update={"renewed": self._holder.renewed + 1})
        return self._holder.to_bytes()

    def _written(self, sent: float, etag: str | None) -> bool:
        """Note that the lease is held, from before the request: it may have arrived at once."""
        if etag is None:
            return False
        self._etag, self._until = etag, sent + self._holder.lease_seconds
        return True


def _looking(environment: str, holder: Holder) -> str:
    return (
        f"{environment} is held by {holder}: looking for up to {holder.lease_seconds:.0f} s "
        "whether that is alive"
    )


def _refusal(environment: str, holder: Holder) -> BatonError:
    return BatonError(
        f"another run is changing {environment}: {holder}",
        "wait for its end, then run the same command again",
    )


def _lost(environment: str, reason: str) -> LeaseLostError:
    return LeaseLostError(
        f"{environment} is not held by this run any more, so it changes nothing more: {reason}",
        "when the other run, if there is one, has ended: run the same command again, it goes on",
    )
