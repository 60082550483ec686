"""What the stream's events are handed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from desk.domain.event import Event
from desk.domain.notifying import Notification
from desk.domain.processing import Quarantined, Stage


class Progress(Protocol):
    """Which stages an event has been through."""

    def done(self, event_id: str) -> frozenset[Stage]:
        """The stages that are marked as done."""

    def mark(self, event_id: str, stage: Stage, now: datetime) -> None:
        """Mark a stage as done; marking it again changes nothing."""


class Notifier(Protocol):
    """Whoever carries notifications to people."""

    def notify(self, notifications: Sequence[Notification]) -> None:
        """Send notifications of one event, each at least once: it may be sent again.

        Raises
        ------
        UndeliveredError
            Not all are known to be sent. Trying again may help.
        """


class EventBus(Protocol):
    """Whoever carries events to other systems."""

    def publish(self, event: Event) -> None:
        """Publish an event, at least once: the same event may be published again.

        Raises
        ------
        UndeliveredError
            It is not known to be published. Trying again may help.
        """


class Objects(Protocol):
    """The data bucket."""

    def put(self, key: str, document: str) -> None:
        """Write a JSON document; the same key is written over."""


class Quarantine(Protocol):
    """Where to find the records that were parked."""

    def add(self, record: Quarantined, now: datetime) -> None:
        """Keep where a record is; adding it again changes nothing."""
