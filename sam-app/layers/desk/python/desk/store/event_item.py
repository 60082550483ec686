"""The domain event's item: TICKET#<id> / EVENT#<version>; the stream carries it on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from desk.domain import instants
from desk.domain.errors import PermanentEventError
from desk.domain.event import Event, EventType, State
from desk.domain.ticket import Priority, Status
from desk.store import ticket_item
from desk.store.attributes import Item, plain

T = TypeVar("T")
Member = TypeVar("Member", bound=StrEnum)

PREFIX = "EVENT#"
SCHEMA_VERSION = 1
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
        "before": _state(event.before) if event.before else None,
        "after": _state(event.after),
        "occurred_at": instants.text(event.occurred_at),
        "actor": event.actor,
        "correlation_id": event.correlation_id,
        "expires_at": int((event.occurred_at + RETENTION).timestamp()),
    }


def from_image(image: Any) -> Event:
    """The event that an image in the stream holds, as DynamoDB types it.

    Raises
    ------
    PermanentEventError
        It is no such image, or see `from_item`.
    """
    try:
        item = plain(image)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise PermanentEventError(f"the image is none: {type(error).__name__}") from error
    return from_item(item)


def from_item(item: Mapping[str, Any]) -> Event:
    """The event that the item holds.

    Raises
    ------
    PermanentEventError
        Its type or schema is not known here, or something in it is missing or of another type.
        What was found instead is not told: anything may stand there.
    """
    try:
        _must_be_known(item)
        before = item.get("before")
        return Event(
            type=_read_member(item, "type", EventType),
            ticket_id=_read(item, "ticket_id", str),
            version=_read_version(item),
            before=None if before is None else _read_state(before),
            after=_read_state(item.get("after")),
            occurred_at=_read_instant(item, "occurred_at"),
            actor=_read(item, "actor", str),
            correlation_id=_read(item, "correlation_id", str),
        )
    except (TypeError, ValueError) as error:
        raise PermanentEventError(f"the event does not fit its schema: {error}") from error


def _must_be_known(item: Mapping[str, Any]) -> None:
    version = _read(item, "schema_version", int)
    if version != SCHEMA_VERSION:
        raise ValueError(f"schema version {version} is not known")


def _read(item: Mapping[str, Any], name: str, kind: type[T]) -> T:
    # or what is wrong would be found out by whoever uses it, when the event is counted already
    value = item.get(name)
    if type(value) is not kind:  # a bool is an int to isinstance
        raise TypeError(f"{name} is {type(value).__name__}, where {kind.__name__} is meant")
    return value


def _read_member(item: Mapping[str, Any], name: str, kind: type[Member]) -> Member:
    text = _read(item, name, str)
    if text not in list(kind):
        raise ValueError(f"{name} is none that is known")
    return kind(text)


def _read_version(item: Mapping[str, Any]) -> int:
    version = _read(item, "version", int)
    if version < 1:
        raise ValueError("version is not positive")
    return version


def _read_instant(item: Mapping[str, Any], name: str) -> datetime:
    text = _read(item, name, str)
    try:
        return instants.parse(text)
    except ValueError:
        raise ValueError(f"{name} is no instant") from None


def _state(state: State) -> dict[str, str]:
    return {
        "team": state.team,
        "status": state.status.value,
        "priority": state.priority.value,
    }


def _read_state(value: Any) -> State:
    if type(value) is not dict:
        raise TypeError(f"a state is {type(value).__name__}, where dict is meant")
    return State(
        team=_read(value, "team", str),
        status=_read_member(value, "status", Status),
        priority=_read_member(value, "priority", Priority),
    )
