"""Where a parked record is: QUARANTINE#<date> / <sequence number>."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.domain import instants
from desk.ports.processing import Quarantined
from desk.store.attributes import Item

RETENTION = timedelta(days=90)
SCHEMA_VERSION = 1


def to_item(record: Quarantined, now: datetime) -> Item:
    """The whole item, keys and expiry included."""
    return {
        "pk": f"QUARANTINE#{record.day.isoformat()}",
        "sk": record.sequence_number,
        "entity": "Quarantined",
        "schema_version": SCHEMA_VERSION,
        "item_pk": record.item_key.get("pk"),
        "item_sk": record.item_key.get("sk"),
        "object_key": record.object_key,
        "reason": record.reason,
        "parked_at": instants.text(now),
        "expires_at": int((now + RETENTION).timestamp()),
    }
