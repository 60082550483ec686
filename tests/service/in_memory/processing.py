"""`desk.ports.processing` in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from desk.domain.errors import UndeliverableError, UndeliveredError
from desk.domain.event import Event
from desk.domain.notifying import Notification
from desk.domain.processing import Stage
from desk.ports.processing import Quarantined


class InMemoryProgress:
    """`Progress`."""

    def __init__(self) -> None:
        self._done: defaultdict[str, set[Stage]] = defaultdict(set)

    def done(self, event_id: str) -> frozenset[Stage]:
        return frozenset(self._done[event_id])

    def mark(self, event_id: str, stage: Stage, now: datetime) -> None:
        self._done[event_id].add(stage)


class InMemoryNotifier:
    """`Notifier`; what it sent is in `sent`, and it cannot send those of `failing` events."""

    def __init__(self, failing: Collection[str] = ()) -> None:
        self.failing = set(failing)
        self.sent: list[Notification] = []

    def notify(self, notifications: Sequence[Notification]) -> None:
        for each in notifications:
            if each.event.id in self.failing:
                raise UndeliveredError(each.event.id, "Throttled")
        self.sent.extend(notifications)


class InMemoryEventBus:
    """`EventBus`; what it published is in `published`.

    It cannot publish `failing` events, and never will those that it is `refusing`.
    """

    def __init__(self, failing: Collection[str] = (), refusing: Collection[str] = ()) -> None:
        self.failing = set(failing)
        self.refusing = set(refusing)
        self.published: list[Event] = []

    def publish(self, event: Event) -> None:
        if event.id in self.failing:
            raise UndeliveredError(event.id, "ThrottlingException")
        if event.id in self.refusing:
            raise UndeliverableError(event.id, "MalformedDetail")
        self.published.append(event)


class InMemoryQuarantine:
    """`Quarantine`; what was parked is in `records`."""

    def __init__(self) -> None:
        self.records: list[Quarantined] = []

    def add(self, record: Quarantined, now: datetime) -> None:
        places = [(each.day, each.sequence_number) for each in self.records]
        if (record.day, record.sequence_number) not in places:
            self.records.append(record)
