"""What the stream's events are handed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from desk.domain.event import Event
from desk.domain.notifying import Notification
from desk.domain.processing import Stage


@dataclass(frozen=True)
class Quarantined:
    """A stream record that no retry can make processable, and where the whole of it is kept.

    Parameters
    ----------
    day:
        The day (UTC) on which the record came into the stream.
    sequence_number:
        The record's number in its shard.
    item_key:
        The item it is about, as the table's primary key.
    object_key:
        Where in the data bucket the record is.
    reason:
        Why it was refused, without anything that customers wrote.
    """

    day: date
    sequence_number: str
    item_key: dict[str, str]
    object_key: str
    reason: str


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
        UndeliverableError
            One will never be sent, and all others are.
        """


class EventBus(Protocol):
    """Whoever carries events to other systems."""

    def publish(self, event: Event) -> None:
        """Publish an event, at least once: the same event may be published again.

        Raises
        ------
        UndeliveredError
            It is not known to be published. Trying again may help.
        UndeliverableError
            It will never be.
        """


class Quarantine(Protocol):
    """Where to find the records that were parked."""

    def add(self, record: Quarantined, now: datetime) -> None:
        """Keep where a record is; adding it again changes nothing."""
