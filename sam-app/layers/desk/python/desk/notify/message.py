"""An event as subscribers of the topic get it."""

from __future__ import annotations

import json

from desk.domain import instants
from desk.domain.event import SCHEMA_VERSION, Event


def body(event: Event) -> str:
    """The message, a JSON document; the same text however often the event is announced.

    `event_id` is what a receiver drops repeats by. What customers wrote is not in it: a topic's
    subscribers may be anybody.
    """
    document = {
        "schema_version": SCHEMA_VERSION,
        "event_id": event.id,
        "type": event.type.value,
        "ticket_id": event.ticket_id,
        "version": event.version,
        "team": event.team,
        "occurred_at": instants.text(event.occurred_at),
        "correlation_id": event.correlation_id,
    }
    return json.dumps(document)


def attributes(event: Event) -> dict[str, str]:
    """What subscriptions filter by."""
    return {"type": event.type.value, "team": event.team}
