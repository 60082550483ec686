"""The teams' counters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from desk.domain.counting import TeamStats
from desk.domain.event import Event
from desk.domain.ticket import Priority


class Statistics(Protocol):
    """The teams' counters."""

    def count(self, event: Event, now: datetime) -> bool:
        """Move the counters for an event, at most once ever; False when that was done before."""

    def of_team(self, team: str, since: date) -> TeamStats:
        """A team's counters, with the totals of each day from `since` on."""

    def open_tickets(self, team: str) -> Mapping[Priority, int]:
        """How many running tickets of each priority the counters say that a team has."""

    def correct(self, team: str, priority: Priority, was: int, becomes: int) -> bool:
        """Set a counter of running tickets, unless it has moved since it was read; else False."""
