"""What waits to be redriven, and which of it is meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from codegen.errors import UsageError
from pipeline.adapters.queue import Message
from pipeline.redrive.keys import Key

COLUMNS = ("id", "source", "since", "records", "reason")
SHORTEST = 6  # of an id's beginning

Outcome = Literal["done", "failed"]


class NotTakenError(Exception):
    """One entry cannot be redriven, or was refused again; the others are gone on with.

    Parameters
    ----------
    detail:
        Why, one sentence.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that waits: a parked record, or a message of a dead-letter queue.

    Parameters
    ----------
    id:
        What a person calls it by.
    since:
        When it was put there.
    records:
        How many stream records, or events, it stands for.
    reason:
        Why it was put there; nothing that customers wrote is in it.
    """

    source: ClassVar[str]

    id: str
    since: datetime
    records: int
    reason: str

    @property
    def order(self) -> tuple[int, int]:
        """Its place in a replay: of the stream the older record first, then the schedule."""
        return 1, int(self.since.timestamp())

    def as_row(self) -> tuple[str, ...]:
        """The columns of the table."""
        since = f"{self.since:%Y-%m-%d %H:%M}Z"
        return self.id, self.source, since, str(self.records), self.reason

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "id": self.id,
            "source": self.source,
            "since": self.since.isoformat(timespec="seconds"),
            "records": self.records,
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class ParkedRecord(Entry):
    """A stream record that the processor has parked, because no retry could help.

    Parameters
    ----------
    key:
        The pointer's, in the table.
    item:
        The key of the item that the record is about.
    object_key:
        Where in the data bucket the whole record is.
    """

    source = "quarantine"

    key: Key
    item: Key
    object_key: str

    @property
    def order(self) -> tuple[int, int]:
        return 0, _number(self.key[1])


@dataclass(frozen=True, kw_only=True)
class GivenUpBatch(Entry):
    """Stream records that Lambda has given up: only where they were is known.

    Parameters
    ----------
    message:
        The message of the queue that says so.
    stream, shard:
        The stream's ARN, the shard's id.
    first, last:
        Sequence numbers, both included.
    arrived_at:
        When the first of them came into the stream, as Lambda says it.
    """

    source = "stream"

    message: Message = field(repr=False)
    stream: str
    shard: str
    first: str
    last: str
    arrived_at: str

    @property
    def order(self) -> tuple[int, int]:
        return 0, _number(self.first)


@dataclass(frozen=True, kw_only=True)
class MissedEvent(Entry):
    """A scheduled event that the function failed at, or was never given."""

    source = "schedule"

    message: Message = field(repr=False)
    event: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DomainEvent(Entry):
    """What happened to a ticket, and could not be put into the event inbox."""

    source = "domain-event"

    message: Message = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class StrangeMessage(Entry):
    """A message of a dead-letter queue that is none of what is expected there."""

    source = "unknown"

    message: Message = field(repr=False)
    queue: Literal["stream", "schedule"]


@dataclass(frozen=True)
class Result:
    """What became of an entry."""

    id: str
    source: str
    outcome: Outcome
    detail: str


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The order in which entries are replayed: a ticket's earlier events before its later ones."""
    return sorted(entries, key=lambda entry: entry.order)


def longest_source() -> int:
    """How many characters the longest name of a source has."""
    return max(len(kind.source) for kind in Entry.__subclasses__())


def choose(entries: Sequence[Entry], wanted: Sequence[str]) -> list[Entry]:
    """The entries with these ids, or ids that begin so; each once.

    Raises
    ------
    UsageError
        An id fits none, or several.
    """
    found = {entry.id: entry for each in wanted for entry in [_fitting(entries, each)]}
    return list(found.values())


def _fitting(entries: Sequence[Entry], wanted: str) -> Entry:
    fitting = [entry for entry in entries if entry.id == wanted]
    if not fitting and len(wanted) >= SHORTEST:
        fitting = [entry for entry in entries if entry.id.startswith(wanted)]
    if not fitting:
        raise UsageError(
            f"nothing called {wanted!r} waits there",
            "the same command without an id lists what does; "
            "what is held by somebody else comes back later",
        )
    if len(fitting) > 1:
        raise UsageError(f"{wanted} fits {len(fitting)} ids", "give more of it")
    return fitting[0]


def _number(text: str) -> int:
    """A sequence number as one: they grow along a shard, and into the shards that follow it."""
    return int(text) if text.isdecimal() else 0
