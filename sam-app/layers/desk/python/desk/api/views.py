"""What the API answers, from what the domain holds."""

from __future__ import annotations

from typing import Any

from desk.domain import instants
from desk.domain.comment import Comment
from desk.domain.counting import TeamStats
from desk.domain.ticket import Ticket

View = dict[str, Any]


def ticket_view(ticket: Ticket) -> View:
    """The ticket as the API answers it."""
    return {
        "id": ticket.id,
        "title": ticket.title,
        "team": ticket.team,
        "assignee": ticket.assignee,
        "priority": ticket.priority,
        "status": ticket.status,
        "due_at": instants.text(ticket.due_at),
        "escalated": ticket.escalated_for == ticket.due_at,
        "version": ticket.version,
        "created_at": instants.text(ticket.created_at),
        "updated_at": instants.text(ticket.updated_at),
    }


def comment_view(comment: Comment) -> View:
    """The comment as the API answers it."""
    return {
        "id": comment.id,
        "ticket_id": comment.ticket_id,
        "text": comment.text,
        "actor": comment.actor,
        "created_at": instants.text(comment.created_at),
    }


def stats_view(stats: TeamStats) -> View:
    """The counters as the API answers them."""
    return {
        "team": stats.team,
        "open": {priority.value: count for priority, count in stats.open.items()},
        "days": {
            day: {status.value: count for status, count in totals.items()}
            for day, totals in sorted(stats.days.items())
        },
    }
