"""What the API takes and answers, apart from what the domain holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from desk.domain import instants
from desk.domain.counting import TeamStats
from desk.domain.ticket import Priority, Ticket

TITLE_LIMIT = 200
TEAM_PATTERN = r"^[a-z][a-z0-9-]{1,39}$"


def _instant(value: Any) -> datetime:
    # pydantic would also take numbers, and texts without an offset
    if not isinstance(value, str):
        # a ValueError, since pydantic lets a TypeError through
        raise ValueError("an instant is a text, as in 2026-01-31T08:00:00Z")  # noqa: TRY004
    return instants.parse(value)


Instant = Annotated[datetime, BeforeValidator(_instant)]
Team = Annotated[str, Field(pattern=TEAM_PATTERN)]


class NewTicket(BaseModel):
    """The body of POST /tickets."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT, pattern=r"\S")]
    team: Team
    priority: Priority = Priority.NORMAL
    due_at: Instant


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    """The ticket as the API answers it."""
    return {
        "id": ticket.id,
        "title": ticket.title,
        "team": ticket.team,
        "priority": ticket.priority.value,
        "status": ticket.status.value,
        "due_at": instants.text(ticket.due_at),
        "escalated": ticket.escalated_for == ticket.due_at,
        "version": ticket.version,
        "created_at": instants.text(ticket.created_at),
        "updated_at": instants.text(ticket.updated_at),
    }


def stats_view(stats: TeamStats) -> dict[str, Any]:
    """The counters as the API answers them."""
    return {
        "team": stats.team,
        "open": {priority.value: count for priority, count in stats.open.items()},
        "days": {
            day: {status.value: count for status, count in totals.items()}
            for day, totals in sorted(stats.days.items())
        },
    }
