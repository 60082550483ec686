"""`desk.ports.tickets` in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TypeVar

from desk.domain import instants
from desk.domain.comment import Comment
from desk.domain.errors import StaleTicketError, TicketNotFoundError
from desk.domain.event import Event
from desk.domain.paging import Page, Position
from desk.domain.ticket import Priority, Status, Ticket

T = TypeVar("T")

PRESSING_FIRST = list(reversed(Priority))


class InMemoryTickets:
    """`Tickets` and `TicketLists`; what it wrote to the outbox is in `events`."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._tickets: dict[str, Ticket] = {}
        self._comments: list[Comment] = []

    def get(self, ticket_id: str) -> Ticket:
        if ticket_id not in self._tickets:
            raise TicketNotFoundError(ticket_id)
        return self._tickets[ticket_id]

    def get_many(self, ticket_ids: Collection[str]) -> Mapping[str, Ticket]:
        return {each: self._tickets[each] for each in ticket_ids if each in self._tickets}

    def add(self, ticket: Ticket, event: Event) -> None:
        if ticket.id in self._tickets:
            raise StaleTicketError(ticket.id, ticket.version)
        self._write(ticket, event)

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        stored = self._tickets.get(before.id)
        if stored is None or stored.version != before.version:
            raise StaleTicketError(before.id, before.version)
        self._write(after, event)

    def comment(self, before: Ticket, after: Ticket, comment: Comment, event: Event) -> None:
        self.update(before, after, event)
        self._comments.append(comment)

    def find_comment(self, ticket_id: str, comment_id: str) -> Comment | None:
        of_ticket = (each for each in self._comments if each.ticket_id == ticket_id)
        return next((each for each in of_ticket if each.id == comment_id), None)

    def comments(self, ticket_id: str, limit: int, after: Position | None) -> Page[Comment]:
        of_ticket = [each for each in self._comments if each.ticket_id == ticket_id]
        return _page(of_ticket, lambda each: each.id, limit, after)

    def of_team(
        self, team: str, status: Status, limit: int, after: Position | None
    ) -> Page[Ticket]:
        of_team = [each for each in self._all() if (each.team, each.status) == (team, status)]
        return _page(of_team, _pressing_first, limit, after)

    def of_assignee(
        self, user: str, status: Status | None, limit: int, after: Position | None
    ) -> Page[Ticket]:
        wanted = [each for each in self._all() if each.assignee == user]
        if status is not None:
            wanted = [each for each in wanted if each.status is status]
        return _page(wanted, _by_status, limit, after)

    def all_of_team(self, team: str, status: Status) -> Iterable[str]:
        return [each.id for each in self._all() if (each.team, each.status) == (team, status)]

    def due(self, hour: str, until: datetime) -> Iterator[str]:
        for ticket in sorted(self._all(), key=lambda each: (each.due_at, each.id)):
            found_under = instants.hour(max(ticket.due_at, ticket.updated_at))
            if found_under == hour and ticket.breached(until):
                yield ticket.id

    def solved(self, day: date, until: datetime) -> Iterable[str]:
        return self._came_into(Status.SOLVED, lambda each: each.solved_at, day, until)

    def closed(self, day: date, until: datetime) -> Iterable[str]:
        return self._came_into(Status.CLOSED, lambda each: each.closed_at, day, until)

    def comments_of(self, ticket_id: str) -> list[Comment]:
        """All comments of a ticket."""
        return [each for each in self._comments if each.ticket_id == ticket_id]

    def forget(self, ticket_id: str, gone: Callable[[object], bool]) -> None:
        """Lose the ticket, and those of its events and comments, that are said to be gone."""
        if ticket_id in self._tickets and gone(self._tickets[ticket_id]):
            del self._tickets[ticket_id]
        self.events = [e for e in self.events if e.ticket_id != ticket_id or not gone(e)]
        self._comments = [c for c in self._comments if c.ticket_id != ticket_id or not gone(c)]

    def _all(self) -> list[Ticket]:
        return sorted(self._tickets.values(), key=lambda each: each.id)

    def _came_into(
        self,
        status: Status,
        since: Callable[[Ticket], datetime | None],
        day: date,
        until: datetime,
    ) -> Iterable[str]:
        for ticket in self._all():
            at = since(ticket)
            if ticket.status is status and at and at.date() == day and at <= until:
                yield ticket.id

    def _write(self, ticket: Ticket, event: Event) -> None:
        self._tickets[ticket.id] = ticket
        self.events.append(event)


def _pressing_first(ticket: Ticket) -> str:
    rank = PRESSING_FIRST.index(ticket.priority)
    return f"{rank}#{instants.text(ticket.created_at)}#{ticket.id}"


def _by_status(ticket: Ticket) -> str:
    return f"{ticket.status}#{instants.text(ticket.due_at)}#{ticket.id}"


def _page(
    items: Iterable[T], place: Callable[[T], str], limit: int, after: Position | None
) -> Page[T]:
    start = after["after"] if after else ""
    rest = sorted((each for each in items if place(each) > start), key=place)
    page = tuple(rest[:limit])
    return Page(page, {"after": place(page[-1])} if len(rest) > limit else None)
