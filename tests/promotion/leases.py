"""A lease's object and a clock, both in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from codegen.errors import BatonError
from pipeline.locking.environment import LEASE_SECONDS
from pipeline.locking.holder import Holder
from pipeline.locking.lease import Lease, Stored


@dataclass
class Memory:
    """S3's object, as its conditions make it."""

    stored: Stored | None = None
    writes: int = 0
    silent: bool = False

    def read(self) -> Stored | None:
        self._answer()
        return self.stored

    def create(self, content: bytes) -> str | None:
        self._answer()
        return None if self.stored else self._write(content)

    def replace(self, content: bytes, etag: str) -> str | None:
        self._answer()
        fits = self.stored is not None and self.stored.etag == etag
        return self._write(content) if fits else None

    def remove(self, etag: str) -> bool:
        self._answer()
        fits = self.stored is not None and self.stored.etag == etag
        self.stored = None if fits else self.stored
        return fits

    def _write(self, content: bytes) -> str:
        self.writes += 1
        self.stored = Stored(str(self.writes), content)
        return self.stored.etag

    def _answer(self) -> None:
        if self.silent:
            raise BatonError("dev does not answer")


@dataclass
class Clock:
    """A clock that moves when somebody sleeps; `while_asleep` happens in between."""

    now: float = 0.0
    while_asleep: Callable[[], None] = lambda: None
    said: list[str] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.while_asleep()


def elsewhere(who: str) -> Holder:
    """A run on a machine of which nothing is known here."""
    return Holder.here("promote dev", LEASE_SECONDS).model_copy(
        update={"who": who, "machine": f"of {who}"}
    )


def lease(store: Memory, clock: Clock, who: str) -> Lease:
    return Lease(store, "dev", elsewhere(who), clock)


def take(mine: Lease, clock: Clock) -> None:
    mine.take(clock.said.append, clock.sleep)
