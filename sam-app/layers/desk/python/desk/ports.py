"""What the use cases need of the world.

`desk.store` provides it on DynamoDB, `desk.notify` on SNS.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from desk.domain.counting import TeamStats
from desk.domain.event import Event
from desk.domain.ticket import Ticket


class Tickets(Protocol):
    """The tickets, each written together with the event of its change."""

    def get(self, ticket_id: str) -> Ticket:
        """The ticket as last written.

        Raises
        ------
        TicketNotFoundError
            There is none with this id.
        """

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

    def due(self, since: datetime, until: datetime) -> Iterable[str]:
        """Ids of running tickets due by `until` and not escalated for that, oldest hour first.

        Looks where tickets that came due (or were written overdue) since `since` are. A just
        written ticket may not be among them yet, a just escalated one may still be.
        """


class Statistics(Protocol):
    """The teams' counters."""

    def count(self, event: Event, now: datetime) -> bool:
        """Move the counters for an event, at most once ever; False when that was done before."""

    def of_team(self, team: str, since: date) -> TeamStats:
        """A team's counters, with the totals of each day from `since` on."""


class Notifier(Protocol):
    """Whoever wants to know what happens to tickets."""

    def notify(self, event: Event) -> None:
        """Announce an event, at least once: the same event may be announced again.

        Raises
        ------
        NotNotifiedError
            It is not known to be announced. Trying again may help.
        """
