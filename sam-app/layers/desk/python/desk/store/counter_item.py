"""A counter's item: STATS#<team> / OPEN#<priority> or DAY#<date>#<status>."""

from __future__ import annotations

from desk.domain.counting import Count, DayTotal, OpenTickets
from desk.domain.ticket import Priority, Status
from desk.store.attributes import Item

OPEN_PREFIX = "OPEN#"
DAY_PREFIX = "DAY#"


def partition(team: str) -> str:
    """The partition of a team's counters."""
    return f"STATS#{team}"


def key(team: str, count: Count) -> Item:
    """The counter's primary key."""
    match count:
        case OpenTickets(priority):
            return {"pk": partition(team), "sk": f"{OPEN_PREFIX}{priority.value}"}
        case DayTotal(day, status):
            return {"pk": partition(team), "sk": f"{DAY_PREFIX}{day}#{status.value}"}


def count_of(sort_key: str) -> Count:
    """Which counter a sort key names."""
    kind, *rest = sort_key.split("#")
    if f"{kind}#" == OPEN_PREFIX:
        return OpenTickets(Priority(rest[0]))
    return DayTotal(rest[0], Status(rest[1]))
