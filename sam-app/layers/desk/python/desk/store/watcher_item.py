"""The watcher's item: TICKET#<id> / WATCHER#<user>; the ticket's item says how many there are."""

from __future__ import annotations

from desk.domain import instants
from desk.domain.ticket import Cause
from desk.store import ticket_item
from desk.store.attributes import Item

PREFIX = "WATCHER#"
SCHEMA_VERSION = 1
COUNT = "watchers"  # on the ticket's item, and nobody's but the watchers' to change


def key(ticket_id: str, user: str) -> Item:
    """The watcher's primary key."""
    return {"pk": ticket_item.partition(ticket_id), "sk": f"{PREFIX}{user}"}


def to_item(ticket_id: str, user: str, cause: Cause) -> Item:
    """The whole item, keys included."""
    return {
        **key(ticket_id, user),
        "entity": "Watcher",
        "schema_version": SCHEMA_VERSION,
        "user": user,
        "actor": cause.actor,
        "created_at": instants.text(cause.at),
        "correlation_id": cause.correlation_id,
    }
