"""The tickets, and what belongs to one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Protocol

from desk.domain.comment import Comment
from desk.domain.event import Event
from desk.domain.paging import Page, Position
from desk.domain.ticket import Status, Ticket


class Tickets(Protocol):
    """The tickets, each written together with the event of its change."""

    def get(self, ticket_id: str) -> Ticket:
        """The ticket as last written.

        Raises
        ------
        TicketNotFoundError
            There is none with this id.
        """

    def get_many(self, ticket_ids: Collection[str]) -> Mapping[str, Ticket]:
        """The tickets as last written, by id; those that there are none of are left out."""

    def add(self, ticket: Ticket, event: Event) -> None:
        """Write a new ticket and its event, both or none.

        Raises
        ------
        StaleTicketError
            There is a ticket with this id already.
        """

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        """Write a ticket's next version and its event, both or none.

        Raises
        ------
        StaleTicketError
            The stored version is no longer that of `before`.
        """

    def comment(self, before: Ticket, after: Ticket, comment: Comment, event: Event) -> None:
        """Write a comment with the ticket's next version and its event, all or none.

        Raises
        ------
        StaleTicketError
            The stored version is no longer that of `before`.
        """

    def find_comment(self, ticket_id: str, comment_id: str) -> Comment | None:
        """The comment with this id; None where there is none."""

    def comments(self, ticket_id: str, limit: int, after: Position | None) -> Page[Comment]:
        """A page of a ticket's comments, the first one first; none where there is no ticket."""


class TicketLists(Protocol):
    """Tickets by what they have in common. Each list may lag a moment behind the tickets."""

    def of_team(
        self, team: str, status: Status, limit: int, after: Position | None
    ) -> Page[Ticket]:
        """A page of a team's tickets in this status: the most pressing first, then the oldest."""

    def of_assignee(
        self, user: str, status: Status | None, limit: int, after: Position | None
    ) -> Page[Ticket]:
        """A page of what somebody has to do: by status, then by deadline."""

    def all_of_team(self, team: str, status: Status) -> Iterable[str]:
        """The ids of all of a team's tickets in this status."""

    def due(self, hour: str, until: datetime) -> Iterable[str]:
        """Ids of running tickets in this hour of the clock that are due and not escalated yet.

        A ticket stands under the hour of its deadline, or under that of its last change if that
        is later. A just escalated ticket may still be among them.

        Parameters
        ----------
        hour:
            As `desk.domain.instants.hour` writes it.
        until:
            The latest deadline.
        """

    def solved(self, day: date, until: datetime) -> Iterable[str]:
        """Ids of tickets that were solved on this day (UTC), until this instant."""

    def closed(self, day: date, until: datetime) -> Iterable[str]:
        """Ids of tickets that were closed on this day (UTC), until this instant."""
