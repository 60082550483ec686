"""What people do with tickets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from desk.domain.comment import Comment
from desk.domain.errors import ContendedTicketError, StaleTicketError
from desk.domain.event import EventType, of_change, of_edit
from desk.domain.paging import Page, Position
from desk.domain.teams import is_real
from desk.domain.ticket import Cause, Edit, Priority, Ticket, new_ticket
from desk.ports.people import Teams, Watchers
from desk.ports.tickets import Tickets

T = TypeVar("T")

# Each try reads the ticket anew. Who loses this often waits behind a crowd, and shall say so.
TRIES = 5


def open_ticket(
    tickets: Tickets,
    teams: Teams,
    *,
    ticket_id: str,
    title: str,
    team: str,
    priority: Priority,
    due_at: datetime,
    cause: Cause,
    assignee: str | None = None,
    may_be_done: bool = False,
) -> Ticket:
    """Create a ticket, and the event that says so.

    Parameters
    ----------
    may_be_done:
        Whether a try before, with this id, may have created it: then it is the ticket there is.

    Raises
    ------
    NotAllowedError
        There are as many teams as there can be, and this would be one more.
    """
    ticket = new_ticket(
        ticket_id=ticket_id,
        title=title,
        team=team,
        priority=priority,
        due_at=due_at,
        cause=cause,
        assignee=assignee,
    )
    _register(teams, team)
    try:
        tickets.add(ticket, of_change(EventType.CREATED, None, ticket))
    except StaleTicketError:
        if not may_be_done:
            raise
        return tickets.get(ticket_id)
    return ticket


def change_ticket(
    tickets: Tickets,
    teams: Teams,
    ticket_id: str,
    edit: Edit,
    cause: Cause,
    expected_version: int | None,
) -> Ticket:
    """Change a ticket, and write the event that says so; neither where nothing is different.

    Parameters
    ----------
    edit:
        What is to be different.
    expected_version:
        The version that the change is meant for; None for whichever there is.

    Raises
    ------
    TicketNotFoundError
        There is no such ticket.
    StaleTicketError
        It is not, or no longer, at the expected version.
    NotAllowedError
        The rules do not allow the change.
    ContendedTicketError
        No version was expected, and others were faster each time.
    """

    def change() -> Ticket:
        before = tickets.get(ticket_id)
        if expected_version is not None and expected_version != before.version:
            raise StaleTicketError(ticket_id, expected_version)
        after = before.edited(edit, cause)
        if after is not before:
            if after.team != before.team:
                _register(teams, after.team)
            tickets.update(before, after, of_edit(before, after))
        return after

    return change() if expected_version is not None else _tried(ticket_id, change)


def comment_on(
    tickets: Tickets,
    ticket_id: str,
    *,
    comment_id: str,
    text: str,
    cause: Cause,
    may_be_done: bool = False,
) -> Comment:
    """Write below a ticket, whichever version it is at.

    Parameters
    ----------
    comment_id:
        A ULID of this moment, or of that of the first try.
    may_be_done:
        Whether a try before, with this id, may have written it: then it is the comment there is.

    Raises
    ------
    TicketNotFoundError
        There is no such ticket.
    NotAllowedError
        The ticket is closed.
    ContendedTicketError
        Others were faster each time.
    """
    comment = Comment(
        id=comment_id, ticket_id=ticket_id, text=text, actor=cause.actor, created_at=cause.at
    )

    def write() -> Comment:
        before = tickets.get(ticket_id)
        # looked for after the ticket: were it written meanwhile, the ticket would be stale
        done = tickets.find_comment(ticket_id, comment_id) if may_be_done else None
        if done:
            return done
        after = before.commented(cause)
        tickets.comment(before, after, comment, of_change(EventType.COMMENTED, before, after))
        return comment

    return _tried(ticket_id, write)


def comments_on(
    tickets: Tickets, ticket_id: str, limit: int, after: Position | None
) -> Page[Comment]:
    """A page of what was written below a ticket.

    Raises
    ------
    TicketNotFoundError
        There is no such ticket.
    """
    tickets.get(ticket_id)
    return tickets.comments(ticket_id, limit, after)


def unwatch(tickets: Tickets, watchers: Watchers, ticket_id: str, user: str) -> None:
    """Let somebody watch a ticket no longer; not watching it is fine.

    Raises
    ------
    TicketNotFoundError
        There is no such ticket.
    """
    tickets.get(ticket_id)
    watchers.remove(ticket_id, user)


def watchers_of(tickets: Tickets, watchers: Watchers, ticket_id: str) -> tuple[str, ...]:
    """Who watches a ticket.

    Raises
    ------
    TicketNotFoundError
        There is no such ticket.
    """
    tickets.get(ticket_id)
    return watchers.of(ticket_id)


def _register(teams: Teams, team: str) -> None:
    # each smoke test makes one up: they would use up the room that real teams need
    if is_real(team):
        teams.register(team)


def _tried(ticket_id: str, write: Callable[[], T]) -> T:
    for _ in range(TRIES):
        try:
            return write()
        except StaleTicketError:
            continue
    raise ContendedTicketError(ticket_id)
