"""`desk.ports.people` in memory."""

from __future__ import annotations

from collections.abc import Mapping

from desk.domain.errors import NotAllowedError
from desk.domain.ticket import Cause, Status
from desk.store.teams import TEAM_LIMIT
from desk.store.watchers import WATCHER_LIMIT
from tests.service.in_memory.tickets import InMemoryTickets


class InMemoryWatchers:
    """`Watchers` of these tickets."""

    def __init__(self, tickets: InMemoryTickets, limit: int = WATCHER_LIMIT) -> None:
        self._tickets = tickets
        self._limit = limit
        self._users: dict[str, dict[str, Cause]] = {}

    def counted(self, ticket_id: str) -> int | None:
        """How many there are by the ticket's own count, which it has once somebody watched it."""
        return len(self._users[ticket_id]) if ticket_id in self._users else None

    def add(self, ticket_id: str, user: str, cause: Cause) -> None:
        ticket = self._tickets.get(ticket_id)
        watching = self.of(ticket_id)
        if user in watching:
            return
        if ticket.status is Status.CLOSED:
            raise NotAllowedError("a closed ticket does not change any more")
        if len(watching) >= self._limit:
            raise NotAllowedError(f"a ticket can have {self._limit} watchers, not more")
        self._users.setdefault(ticket_id, {})[user] = cause

    def remove(self, ticket_id: str, user: str) -> None:
        self._users.get(ticket_id, {}).pop(user, None)

    def of(self, ticket_id: str) -> tuple[str, ...]:
        return tuple(sorted(self._users.get(ticket_id, ())))

    def added(self, ticket_id: str) -> Mapping[str, Cause]:
        """Who watches a ticket, and by whom that was made so."""
        return self._users.get(ticket_id, {})


class InMemoryTeams:
    """`Teams`."""

    def __init__(self, limit: int = TEAM_LIMIT) -> None:
        self._limit = limit
        self._teams: set[str] = set()

    def register(self, team: str) -> None:
        if team not in self._teams and len(self._teams) >= self._limit:
            raise NotAllowedError(f"there can be {self._limit} teams, not more")
        self._teams.add(team)

    def all(self) -> frozenset[str]:
        return frozenset(self._teams)
