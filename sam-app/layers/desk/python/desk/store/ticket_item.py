"""The ticket's item: TICKET#<id> / META, and where the indexes find it."""

from __future__ import annotations

import zlib
from datetime import date, datetime
from typing import Any

from desk.domain import instants
from desk.domain.ticket import Priority, Status, Ticket
from desk.store.attributes import Item

SCHEMA_VERSION = 1
SHARDS = 8  # of the clock: what comes in one hour or day is spread over this many partitions
ASSIGNEE_INDEX = "gsi1"
TEAM_INDEX = "gsi2"
CLOCK_INDEX = "gsi3"

# what `from_item` reads: each attribute is called what the ticket's field is
ATTRIBUTES = Ticket._fields

LAST = "~"  # sorts behind every id, which are letters and digits

_PRESSING_FIRST = list(reversed(Priority))

# for reading: calling an enumeration takes five times as long, and then says what is wrong
_PRIORITIES = {each.value: each for each in Priority}
_STATUSES = {each.value: each for each in Status}


def key(ticket_id: str) -> Item:
    """The ticket's primary key."""
    return {"pk": partition(ticket_id), "sk": "META"}


def partition(ticket_id: str) -> str:
    """The partition of a ticket and all that belongs to it."""
    return f"TICKET#{ticket_id}"


def ticket_id(item: Item) -> str:
    """The id of the ticket that an item belongs to."""
    return str(item["pk"]).removeprefix(partition(""))


def assignee_partition(user: str) -> str:
    """The partition of what somebody has to do, by status, then by deadline."""
    return f"ASSIGNEE#{user}"


def team_partition(team: str, status: Status) -> str:
    """The partition of a team's tickets in a status, the most pressing first."""
    return f"TEAM#{team}#{status.value}"


def due_partition(hour: str, shard: int) -> str:
    """The partition of running tickets under an hour of the clock, `2026-01-31T08`."""
    return f"DUE#{hour}#{shard}"


def solved_partition(day: date, shard: int) -> str:
    """The partition of tickets that were solved on a day."""
    return f"SOLVED#{day.isoformat()}#{shard}"


def closed_partition(day: date, shard: int) -> str:
    """The partition of tickets that were closed on a day."""
    return f"CLOSED#{day.isoformat()}#{shard}"


def clock_sort(at: datetime, ticket_id: str) -> str:
    """By time, then by id."""
    return f"{instants.text(at)}#{ticket_id}"


def shard(ticket_id: str) -> int:
    """The ticket's shard, always the same one (unlike Python's hash, CRC-32 is not salted)."""
    return zlib.crc32(ticket_id.encode()) % SHARDS


def to_item(ticket: Ticket) -> Item:
    """The whole item, keys included; None stands for an absent attribute.

    How many watchers there are is not in it: the item's attribute for that is theirs alone.
    """
    return {
        **key(ticket.id),
        "entity": "Ticket",
        "schema_version": SCHEMA_VERSION,
        "id": ticket.id,
        "title": ticket.title,
        "team": ticket.team,
        "priority": ticket.priority.value,
        "status": ticket.status.value,
        "due_at": instants.text(ticket.due_at),
        "version": ticket.version,
        "created_at": instants.text(ticket.created_at),
        "updated_at": instants.text(ticket.updated_at),
        "actor": ticket.actor,
        "correlation_id": ticket.correlation_id,
        "assignee": ticket.assignee,
        "comments": ticket.comments,
        "escalated_for": _text(ticket.escalated_for),
        "solved_at": _text(ticket.solved_at),
        "closed_at": _text(ticket.closed_at),
        **_assignee(ticket),
        **_team(ticket),
        **_clock(ticket),
    }


def from_item(item: Item) -> Ticket:
    """The ticket that the item holds."""
    return Ticket(
        id=item["id"],
        title=item["title"],
        team=item["team"],
        priority=_priority(item["priority"]),
        status=_status(item["status"]),
        due_at=instants.parse(item["due_at"]),
        version=item["version"],
        created_at=instants.parse(item["created_at"]),
        updated_at=instants.parse(item["updated_at"]),
        actor=item["actor"],
        correlation_id=item["correlation_id"],
        assignee=item.get("assignee"),
        comments=item.get("comments", 0),
        escalated_for=_instant(item.get("escalated_for")),
        solved_at=_instant(item.get("solved_at")),
        closed_at=_instant(item.get("closed_at")),
    )


def _priority(text: str) -> Priority:
    return _PRIORITIES.get(text) or Priority(text)


def _status(text: str) -> Status:
    return _STATUSES.get(text) or Status(text)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instants.text(instant)


def _instant(text: Any) -> datetime | None:
    return None if text is None else instants.parse(text)


def _assignee(ticket: Ticket) -> Item:
    if ticket.assignee is None:
        return {"gsi1pk": None, "gsi1sk": None}
    return {
        "gsi1pk": assignee_partition(ticket.assignee),
        "gsi1sk": f"{ticket.status.value}#{instants.text(ticket.due_at)}#{ticket.id}",
    }


def _team(ticket: Ticket) -> Item:
    rank = _PRESSING_FIRST.index(ticket.priority)
    created_at = instants.text(ticket.created_at)
    return {
        "gsi2pk": team_partition(ticket.team, ticket.status),
        "gsi2sk": f"{rank}-{ticket.priority.value}#{created_at}#{ticket.id}",
    }


def _clock(ticket: Ticket) -> Item:
    """Whatever will be done by the clock next; of a closed ticket that is its archiving."""
    here = shard(ticket.id)
    if ticket.status.running:
        # a deadline that had passed when it was set is found under the hour in which it was set:
        # sweeps do not go back to hours that they are through with
        hour = instants.hour(max(ticket.due_at, ticket.updated_at))
        return _clock_keys(due_partition(hour, here), ticket.due_at, ticket.id)
    if ticket.status is Status.SOLVED and ticket.solved_at:
        partition = solved_partition(ticket.solved_at.date(), here)
        return _clock_keys(partition, ticket.solved_at, ticket.id)
    if ticket.status is Status.CLOSED and ticket.closed_at:
        partition = closed_partition(ticket.closed_at.date(), here)
        return _clock_keys(partition, ticket.closed_at, ticket.id)
    return {"gsi3pk": None, "gsi3sk": None}


def _clock_keys(partition: str, at: datetime, ticket_id: str) -> Item:
    return {"gsi3pk": partition, "gsi3sk": clock_sort(at, ticket_id)}
