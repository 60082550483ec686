"""Those whom tickets concern."""

from __future__ import annotations

from typing import Protocol

from desk.domain.ticket import Cause


class Watchers(Protocol):
    """Who wants to be told what happens to a ticket."""

    def add(self, ticket_id: str, user: str, cause: Cause) -> None:
        """Let somebody watch a ticket; watching it already is fine.

        Raises
        ------
        TicketNotFoundError
            There is no such ticket.
        NotAllowedError
            The ticket is closed, or has as many watchers as one can have.
        """

    def remove(self, ticket_id: str, user: str) -> None:
        """Let somebody watch a ticket no longer; not watching it is fine."""

    def of(self, ticket_id: str) -> tuple[str, ...]:
        """Who watches a ticket, in the order of their names; nobody where there is no ticket."""


class Teams(Protocol):
    """The teams there are."""

    def register(self, team: str) -> None:
        """Let there be this team.

        Raises
        ------
        NotAllowedError
            There are as many teams as there can be.
        """

    def all(self) -> frozenset[str]:
        """Every team."""
