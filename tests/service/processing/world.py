"""The processor as its handler puts it together, over ports in memory that can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Priority
from desk.processing.batches import Batches
from desk.processing.figures import Figures
from desk.processing.quarantine import Parking
from desk.processing.stages import Stages
from tests.service.in_memory import (
    InMemoryEventBus,
    InMemoryNotifier,
    InMemoryObjects,
    InMemoryProgress,
    InMemoryQuarantine,
    InMemoryStatistics,
    InMemoryTickets,
    InMemoryWatchers,
)
from tests.service.samples import NOW, Context, cause, record, ticket

Record = dict[str, Any]


class FailsAt(InMemoryStatistics):
    """Counters that fail for one event, and remember which they were asked for."""

    def __init__(self, event_id: str = "") -> None:
        super().__init__()
        self.failing = event_id
        self.asked: list[str] = []

    def count(self, event: Event, now: datetime) -> bool:
        self.asked.append(event.id)
        if event.id == self.failing:
            raise TimeoutError("no answer")
        return super().count(event, now)


@dataclass
class World:
    """All that the processor works on.

    Parameters
    ----------
    over:
        What stands between the processor and each of its ports.
    """

    metrics: Metrics
    logger: Logger
    clock: Callable[[], datetime] = lambda: NOW
    over: Callable[[Any], Any] = lambda port: port
    tickets: InMemoryTickets = field(default_factory=InMemoryTickets)
    watchers: Any = None
    progress: Any = field(default_factory=InMemoryProgress)
    statistics: Any = None
    notifier: Any = field(default_factory=InMemoryNotifier)
    event_bus: Any = field(default_factory=InMemoryEventBus)
    objects: Any = field(default_factory=InMemoryObjects)
    quarantine: Any = field(default_factory=InMemoryQuarantine)

    def __post_init__(self) -> None:
        self.watchers = self.watchers or InMemoryWatchers(self.tickets)
        self.statistics = self.statistics or InMemoryStatistics(self.progress)
        figures = Figures(self.metrics)
        said = {"figures": figures, "logger": self.logger, "clock": self.clock}
        stages = Stages(
            statistics=self.over(self.statistics),
            progress=self.over(self.progress),
            watchers=self.over(self.watchers),
            notifier=self.over(self.notifier),
            event_bus=self.over(self.event_bus),
            **said,
        )
        parking = Parking(self.over(self.objects), self.over(self.quarantine), **said)
        self.function = Batches(stages, parking, figures, self.logger)

    def process(self, records: list[Any]) -> list[str]:
        """Take a batch; answers the reported sequence numbers."""
        answer = self.function({"Records": records}, Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def watched(self, *users: str, by: int = 3) -> list[Event]:
        """So many new tickets that these watch; answers their events."""
        made = events(by)
        for number, event in enumerate(made, start=1):
            self.tickets.add(ticket(number), event)
            for user in users:
                self.watchers.add(event.ticket_id, user, cause())
        return made

    def open(self, team: str = "ops") -> int:
        """What the team's counter of open tickets of normal priority says."""
        return int(self.statistics.open_tickets(team)[Priority.NORMAL])


def events(count: int, at: datetime = NOW) -> list[Event]:
    """The events of so many new tickets."""
    tickets = [ticket(number, cause=cause(at)) for number in range(1, count + 1)]
    return [of_change(EventType.CREATED, None, each) for each in tickets]


def records(of: list[Event]) -> list[Record]:
    """The stream's records of these events, numbered from 1."""
    return [streamed(event, number) for number, event in enumerate(of, start=1)]


def streamed(event: Event, number: int, at: datetime = NOW) -> Record:
    """The stream's record of an event."""
    made = record(event, number)
    made["dynamodb"]["ApproximateCreationDateTime"] = at.timestamp()
    return made
