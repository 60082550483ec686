"""What a team's counters say, and how an event moves them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from desk.domain.event import Event, State
from desk.domain.ticket import Priority, Status


@dataclass(frozen=True)
class OpenTickets:
    """How many of a team's tickets of this priority are neither solved nor closed."""

    team: str
    priority: Priority


@dataclass(frozen=True)
class DayTotal:
    """How many of a team's tickets came into this status on this day (UTC, `2026-01-31`)."""

    team: str
    day: str
    status: Status


Count = OpenTickets | DayTotal


@dataclass(frozen=True)
class TeamStats:
    """A team's counters."""

    team: str
    open: dict[Priority, int]
    days: dict[str, dict[Status, int]]


def movements(event: Event) -> dict[Count, int]:
    """By how much each counter moves; those that do not move are left out.

    A ticket that goes to another team moves the open tickets of both; it comes into no status.
    """
    moved: Counter[Count] = Counter()
    moved.subtract(_open(event.before))
    moved.update(_open(event.after))
    if event.before is None or event.before.status != event.after.status:
        moved[DayTotal(event.team, day(event.occurred_at), event.after.status)] += 1
    return {count: by for count, by in moved.items() if by}


def day(instant: datetime) -> str:
    """The day that a `DayTotal` is kept for."""
    return instant.date().isoformat()


def _open(state: State | None) -> dict[Count, int]:
    return {OpenTickets(state.team, state.priority): 1} if state and state.status.running else {}
