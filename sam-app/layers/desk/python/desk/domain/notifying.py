"""Who is told of an event, and what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from desk.domain import instants
from desk.domain.event import Event, State

SCHEMA_VERSION = 1  # of the document


@dataclass(frozen=True)
class Notification:
    """An event for one watcher.

    Its id is the same however often the event is delivered: repeats are known by it.
    """

    event: Event
    watcher: str

    @property
    def id(self) -> str:
        """`<ticket>#<version>#<watcher>`."""
        return f"{self.event.id}#{self.watcher}"


def document(event: Event) -> dict[str, Any]:
    """What outsiders get to know of an event, the same however often it is announced.

    `event_id` is what a receiver drops repeats by. What customers wrote is not in it: whoever
    listens may be anybody.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "event_id": event.id,
        "type": event.type.value,
        "ticket_id": event.ticket_id,
        "version": event.version,
        "team": event.team,
        "before": _state(event.before) if event.before else None,
        "after": _state(event.after),
        "occurred_at": instants.text(event.occurred_at),
        "correlation_id": event.correlation_id,
    }


def text(event: Event) -> str:
    """The document as JSON."""
    return json.dumps(document(event))


def _state(state: State) -> dict[str, str]:
    return {
        "team": state.team,
        "status": state.status.value,
        "priority": state.priority.value,
    }
