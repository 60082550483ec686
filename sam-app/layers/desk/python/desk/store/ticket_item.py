"""The ticket's item: TICKET#<id> / META, and where the indexes find it."""

from __future__ import annotations

import zlib
from typing import Any

from desk.domain import instants
from desk.domain.ticket import Priority, Status, Ticket
from desk.store.attributes import Item

SCHEMA_VERSION = 1
SHARDS = 8  # of the clock: what is due in one hour is spread over this many partitions
CLOCK_INDEX = "gsi3"


def key(ticket_id: str) -> Item:
    """The ticket's primary key."""
    return {"pk": partition(ticket_id), "sk": "META"}


def partition(ticket_id: str) -> str:
    """The partition of a ticket and all that belongs to it."""
    return f"TICKET#{ticket_id}"


def clock_partition(hour: str, shard: int) -> str:
    """The clock's partition for an hour, `2026-01-31T08`."""
    return f"DUE#{hour}#{shard}"


def clock_sort(due_at: str, ticket_id: str) -> str:
    """By deadline, then by id."""
    return f"{due_at}#{ticket_id}"


def shard(ticket_id: str) -> int:
    """The ticket's shard, always the same one (unlike Python's hash, CRC-32 is not salted)."""
    return zlib.crc32(ticket_id.encode()) % SHARDS


def to_item(ticket: Ticket) -> Item:
    """The whole item, keys included; None stands for an absent attribute."""
    due_at, created_at = instants.text(ticket.due_at), instants.text(ticket.created_at)
    return {
        **key(ticket.id),
        "entity": "Ticket",
        "schema_version": SCHEMA_VERSION,
        "id": ticket.id,
        "title": ticket.title,
        "team": ticket.team,
        "priority": ticket.priority.value,
        "status": ticket.status.value,
        "due_at": due_at,
        "version": ticket.version,
        "created_at": created_at,
        "updated_at": instants.text(ticket.updated_at),
        "actor": ticket.actor,
        "correlation_id": ticket.correlation_id,
        "escalated_for": instants.text(ticket.escalated_for) if ticket.escalated_for else None,
        "gsi2pk": f"TEAM#{ticket.team}#{ticket.status.value}",
        "gsi2sk": f"{ticket.priority.value}#{created_at}#{ticket.id}",
        **_clock(ticket),
    }


def from_item(item: Item) -> Ticket:
    """The ticket that the item holds."""
    escalated_for: Any = item.get("escalated_for")
    return Ticket(
        id=item["id"],
        title=item["title"],
        team=item["team"],
        priority=Priority(item["priority"]),
        status=Status(item["status"]),
        due_at=instants.parse(item["due_at"]),
        version=item["version"],
        created_at=instants.parse(item["created_at"]),
        updated_at=instants.parse(item["updated_at"]),
        actor=item["actor"],
        correlation_id=item["correlation_id"],
        escalated_for=instants.parse(escalated_for) if escalated_for else None,
    )


def _clock(ticket: Ticket) -> Item:
    if not ticket.status.running:
        return {"gsi3pk": None, "gsi3sk": None}
    # a deadline that had passed when the ticket came is found under the hour in which it came:
    # sweeps do not look further back than a day
    hour = instants.hour(max(ticket.due_at, ticket.created_at))
    return {
        "gsi3pk": clock_partition(hour, shard(ticket.id)),
        "gsi3sk": clock_sort(instants.text(ticket.due_at), ticket.id),
    }
