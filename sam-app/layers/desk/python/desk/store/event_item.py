"""The domain event's item: TICKET#<id> / EVENT#<version>; the stream carries it on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from desk.domain import instants
from desk.domain.errors import PermanentEventError
from desk.domain.event import SCHEMA_VERSION, Event, EventType, State
from desk.domain.ticket import Priority, Status
from desk.store import ticket_item
from desk.store.attributes import Item

PREFIX = "EVENT#"
RETENTION = timedelta(days=30)


def key(event: Event) -> Item:
    """The event's primary key; padded, so that sorting by text is sorting by version."""
    return {"pk": ticket_item.partition(event.ticket_id), "sk": f"{PREFIX}{event.version:010d}"}


def to_item(event: Event) -> Item:
    """The whole item, keys and expiry included."""
    return {
        **key(event),
        "entity": "Event",
        "schema_version": SCHEMA_VERSION,
        "type": event.type.value,
        "event_id": event.id,
        "ticket_id": event.ticket_id,
        "version": event.version,
        "team": event.team,
        "before": _state(event.before),
        "after": _state(event.after),
        "occurred_at": instants.text(event.occurred_at),
        "actor": event.actor,
        "correlation_id": event.correlation_id,
        "expires_at": int((event.occurred_at + RETENTION).timestamp()),
    }


def from_item(item: Item) -> Event:
    """The event that the item holds.

    Raises
    ------
    PermanentEventError
        Its type or schema is not known here, or something is missing from it.
    """
    if item.get("schema_version") != SCHEMA_VERSION:
        raise PermanentEventError(f"schema version {item.get('schema_version')!r} is not known")
    if item.get("type") not in list(EventType):
        raise PermanentEventError(f"event type {item.get('type')!r} is not known")
    try:
        before: Any = item.get("before")
        return Event(
            type=EventType(item["type"]),
            ticket_id=item["ticket_id"],
            version=item["version"],
            team=item["team"],
            before=_read_state(before) if before else None,
            after=_read_state(item["after"]),
            occurred_at=instants.parse(item["occurred_at"]),
            actor=item["actor"],
            correlation_id=item["correlation_id"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PermanentEventError(f"the event does not fit its schema: {error!r}") from error


def _state(state: State | None) -> dict[str, str] | None:
    return {"status": state.status.value, "priority": state.priority.value} if state else None


def _read_state(value: dict[str, str]) -> State:
    return State(Status(value["status"]), Priority(value["priority"]))
