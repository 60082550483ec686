"""The domain event's item: TICKET#<id> / EVENT#<version>; the stream carries it on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from desk.domain import instants
from desk.domain.errors import PermanentEventError
from desk.domain.event import SCHEMA_VERSION, Event, EventType, State
from desk.domain.ticket import Priority, Status
from desk.store import ticket_item
from desk.store.attributes import Item

T = TypeVar("T")

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
        Its type or schema is not known here, or something in it is missing or of another type.
    """
    if item.get("schema_version") != SCHEMA_VERSION:
        raise PermanentEventError(f"schema version {item.get('schema_version')!r} is not known")
    if item.get("type") not in list(EventType):
        raise PermanentEventError(f"event type {item.get('type')!r} is not known")
    try:
        before: Any = item.get("before")
        return Event(
            type=EventType(item["type"]),
            ticket_id=_read(item, "ticket_id", str),
            version=_read(item, "version", int),
            team=_read(item, "team", str),
            before=None if before is None else _read_state(before),
            after=_read_state(item["after"]),
            occurred_at=instants.parse(_read(item, "occurred_at", str)),
            actor=_read(item, "actor", str),
            correlation_id=_read(item, "correlation_id", str),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PermanentEventError(f"the event does not fit its schema: {error!r}") from error


def _read(item: Item, name: str, kind: type[T]) -> T:
    # or what is wrong would be found out by whoever uses it, when the event is counted already
    value = item[name]
    if type(value) is not kind:  # a bool is an int to isinstance
        raise TypeError(f"{name} is {value!r}, where {kind.__name__} is meant")
    return value


def _state(state: State | None) -> dict[str, str] | None:
    return {"status": state.status.value, "priority": state.priority.value} if state else None


def _read_state(value: dict[str, str]) -> State:
    return State(Status(value["status"]), Priority(value["priority"]))
