"""What is done for each event of the stream, one stage after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    """The stages, in their order."""

    AGGREGATE = "aggregate"
    NOTIFY = "notify"
    INTEGRATE = "integrate"


@dataclass(frozen=True)
class Quarantined:
    """A stream record that no retry can make processable, and where the whole of it is kept.

    Parameters
    ----------
    day:
        The day (UTC) on which the record came into the stream.
    sequence_number:
        The record's number in its shard.
    item_key:
        The item it is about, as the table's primary key.
    object_key:
        Where in the data bucket the record is.
    reason:
        Why it was refused, without anything that customers wrote.
    """

    day: date
    sequence_number: str
    item_key: dict[str, str]
    object_key: str
    reason: str
