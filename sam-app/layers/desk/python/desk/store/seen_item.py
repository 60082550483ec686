"""The marker that a stage has done its work for an event: SEEN#<event id> / <stage>."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.domain.processing import Stage
from desk.store.attributes import Item

# A stream keeps its records for 24 hours, so none is delivered again after twice that.
RETENTION = timedelta(hours=48)


def partition(event_id: str) -> str:
    """The partition of an event's markers."""
    return f"SEEN#{event_id}"


def to_item(event_id: str, stage: Stage, now: datetime) -> Item:
    """The whole item, keys and expiry included."""
    return {
        "pk": partition(event_id),
        "sk": stage.value,
        "entity": "Seen",
        "expires_at": int((now + RETENTION).timestamp()),
    }
