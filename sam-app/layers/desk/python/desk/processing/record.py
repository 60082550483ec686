"""A record of the table's stream, as Lambda hands it over."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

from desk.domain import instants
from desk.domain.errors import PermanentEventError
from desk.domain.event import Event
from desk.ports.processing import Quarantined
from desk.store import event_item

PREFIX = "quarantine"


def event_of(record: Any) -> Event:
    """The event whose item was written.

    Raises
    ------
    PermanentEventError
        It holds none, or none that is known here.
    """
    return event_item.from_image(_part(record, "dynamodb", "NewImage"))


def sequence_number(record: Any) -> str | None:
    """The record's number in its shard, or None where it has none."""
    number = _part(record, "dynamodb", "SequenceNumber")
    return number if isinstance(number, str) and number else None


def quarantined(record: Any, error: PermanentEventError) -> Quarantined:
    """Where the record is parked: the same place however often it comes.

    Raises
    ------
    PermanentEventError
        It has no sequence number, so it has no place either.
    """
    number = sequence_number(record)
    if number is None:
        raise PermanentEventError(f"a record without a sequence number: {error}")
    day = _day(record)
    return Quarantined(
        day=day,
        sequence_number=number,
        item_key={name: _key(record, name) for name in ("pk", "sk")},
        object_key=f"{PREFIX}/{day.isoformat()}/{number}.json",
        reason=str(error),
    )


def _part(record: Any, *path: str) -> Any:
    for name in path:
        if not isinstance(record, dict):
            return None
        record = record.get(name)
    return record


def _key(record: Any, name: str) -> str:
    key = _part(record, "dynamodb", "Keys", name, "S")
    return key if isinstance(key, str) else ""


def _day(record: Any) -> date:
    # of the record and never of the clock, or a replay would park it a second time
    created = _part(record, "dynamodb", "ApproximateCreationDateTime")
    known = isinstance(created, int | float) and math.isfinite(created)
    if not known or not instants.EARLIEST.timestamp() <= created < instants.LATEST.timestamp():
        return instants.EARLIEST.date()
    return datetime.fromtimestamp(created, UTC).date()
