"""`desk.ports.statistics` in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from desk.domain.counting import Count, OpenTickets, TeamStats, movements
from desk.domain.event import Event
from desk.domain.processing import Stage
from desk.domain.ticket import Priority, Status
from tests.service.in_memory.processing import InMemoryProgress


class InMemoryStatistics:
    """`Statistics`; what is counted is marked in the progress, as aggregated."""

    def __init__(self, progress: InMemoryProgress | None = None) -> None:
        self._progress = progress or InMemoryProgress()
        self._values: Counter[Count] = Counter()

    def count(self, event: Event, now: datetime) -> bool:
        if Stage.AGGREGATE in self._progress.done(event.id):
            return False
        self._progress.mark(event.id, Stage.AGGREGATE, now)
        self._values.update(movements(event))
        return True

    def of_team(self, team: str, since: date) -> TeamStats:
        days: dict[str, dict[Status, int]] = {}
        for count, value in self._values.items():
            if isinstance(count, OpenTickets) or count.team != team:
                continue
            if count.day >= since.isoformat():
                days.setdefault(count.day, {})[count.status] = value
        return TeamStats(team=team, open=dict(self.open_tickets(team)), days=days)

    def open_tickets(self, team: str) -> Mapping[Priority, int]:
        return {each: self._values[OpenTickets(team, each)] for each in Priority}

    def correct(self, team: str, priority: Priority, was: int, becomes: int) -> bool:
        count = OpenTickets(team, priority)
        if self._values[count] != was:
            return False
        self._values[count] = becomes
        return True
