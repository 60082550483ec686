"""The processor as its handler puts it together, over ports that can fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import process_partial_response
from ordered_batch import OrderedBatchProcessor
from stages import Stages

from desk.domain.errors import NotNotifiedError
from desk.domain.event import Event, EventType, of_change
from desk.ports import Notifier
from tests.service.in_memory import InMemoryNotifier, InMemoryStatistics
from tests.service.samples import NOW, Context, cause, record, ticket

Process = Callable[[list[dict[str, Any]]], list[str]]


class FailsAt(InMemoryStatistics):
    """Counters that fail for one event."""

    def __init__(self, event_id: str) -> None:
        super().__init__()
        self.failing: str | None = event_id
        self.asked: list[str] = []

    def count(self, event: Event, now: Any) -> bool:
        self.asked.append(event.id)
        if event.id == self.failing:
            raise TimeoutError("no answer")
        return super().count(event, now)


class Silenced(InMemoryNotifier):
    """A notifier that cannot announce one event."""

    def __init__(self, event_id: str) -> None:
        super().__init__()
        self.failing: str | None = event_id

    def notify(self, event: Event) -> None:
        if event.id == self.failing:
            raise NotNotifiedError(event.id, "Throttled")
        super().notify(event)


def processing(
    statistics: Any, metrics: Metrics, logger: Logger, notifier: Notifier | None = None
) -> Process:
    """A processor over these: takes records, answers the reported sequence numbers."""
    stages = Stages(statistics, notifier or InMemoryNotifier(), metrics, logger, lambda: NOW)
    processor = OrderedBatchProcessor()

    def process(records: list[dict[str, Any]]) -> list[str]:
        answer = process_partial_response({"Records": records}, stages, processor, Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    return process


def events(count: int, at: datetime = NOW) -> list[Event]:
    tickets = [ticket(number, cause=cause(at)) for number in range(1, count + 1)]
    return [of_change(EventType.CREATED, None, each) for each in tickets]


def records(of: list[Event]) -> list[dict[str, Any]]:
    return [record(event, number) for number, event in enumerate(of, start=1)]
