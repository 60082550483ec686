"""The keys of the items that a smoke test leaves: those of the application's store.

They are written down again here: this package does not import the application.
"""

from __future__ import annotations

from typing import Any

Key = tuple[str, str]  # partition key, sort key

TICKET, EVENT, SEEN, TEAM, STATISTICS = "TICKET#", "EVENT#", "SEEN#", "TEAM#", "STATS#"
TEAM_INDEX = "gsi2"  # a team's tickets, by their status
FIRST_STAGE = "aggregate"  # what the processor does first for an event


def event_id(key: Key) -> str | None:
    """`<ticket>#<version>`, the id of the event with this key; None for any other item."""
    (partition, sort), version = key, key[1].removeprefix(EVENT)
    if not partition.startswith(TICKET) or not sort.startswith(EVENT) or not version.isdecimal():
        return None
    return f"{partition.removeprefix(TICKET)}#{int(version)}"


def marker(event: str, stage: str) -> Key:
    """The item that says that a stage has been done for an event."""
    return f"{SEEN}{event}", stage


def team_tickets(team: str, status: str) -> str:
    """The partition, in the index of teams, of a team's tickets in a status."""
    return f"{TEAM}{team}#{status}"


def statistics(team: str) -> str:
    """The partition of a team's counters."""
    return f"{STATISTICS}{team}"


def typed(key: Key) -> dict[str, Any]:
    """The key as DynamoDB takes it."""
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
