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


def key(count: Count) -> Item:
    """The counter's primary key."""
    match count:
        case OpenTickets(team, priority):
            return {"pk": partition(team), "sk": f"{OPEN_PREFIX}{priority.value}"}
        case DayTotal(team, day, status):
            return {"pk": partition(team), "sk": f"{DAY_PREFIX}{day}#{status.value}"}


def count_of(item: Item) -> Count:
    """Which counter an item is."""
    team = str(item["pk"]).removeprefix(partition(""))
    kind, *rest = str(item["sk"]).split("#")
    if f"{kind}#" == OPEN_PREFIX:
        return OpenTickets(team, Priority(rest[0]))
    return DayTotal(team, rest[0], Status(rest[1]))
