"""The keys of the application's items that redrive looks at, in one place.

They are those of the application's store, which the pipeline does not import: what it has deployed
may be another version than what is checked out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

Key = tuple[str, str]  # partition key, sort key

TICKET, EVENT, SEEN, QUARANTINE = "TICKET#", "EVENT#", "SEEN#", "QUARANTINE#"
UNDATED = date(2000, 1, 1)  # under which records are parked that do not say when they were made
LAST_STAGE = "integrate"  # of what the processor does for an event


def event_id(key: Key) -> str | None:
    """`<ticket>#<version>`, what the event of this key is called; None for any other item."""
    (partition, sort), version = key, key[1].removeprefix(EVENT)
    if not partition.startswith(TICKET) or not sort.startswith(EVENT) or not version.isdecimal():
        return None
    return f"{partition.removeprefix(TICKET)}#{int(version)}"


def marker(event: str, stage: str) -> Key:
    """The item that says that a stage has been done for an event."""
    return f"{SEEN}{event}", stage


def quarantine(day: date) -> str:
    """The partition of the records that were parked on a day (UTC)."""
    return f"{QUARANTINE}{day.isoformat()}"


def typed(key: Key) -> dict[str, Any]:
    """The key as DynamoDB takes it."""
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
