"""The marker that a stage has done its work for an event: SEEN#<event id> / <stage>."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.store.attributes import Item

# A stream keeps its records for 24 hours, so none is delivered again after twice that.
RETENTION = timedelta(hours=48)
AGGREGATE = "aggregate"


def to_item(event_id: str, stage: str, now: datetime) -> Item:
    """The whole item, keys and expiry included."""
    return {
        "pk": f"SEEN#{event_id}",
        "sk": stage,
        "entity": "Seen",
        "expires_at": int((now + RETENTION).timestamp()),
    }
