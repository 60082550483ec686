"""Every port as one store, in memory or on DynamoDB: what one does, the other has to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from desk.domain.ticket import Ticket
from desk.ports.jobs import Archive, Jobs
from desk.ports.people import Teams, Watchers
from desk.ports.processing import Progress, Quarantine
from desk.ports.statistics import Statistics
from desk.ports.tickets import TicketLists, Tickets
from desk.store.archive import DynamoArchive
from desk.store.jobs import DynamoJobs
from desk.store.progress import DynamoProgress
from desk.store.quarantine import DynamoQuarantine
from desk.store.statistics import DynamoStatistics
from desk.store.table import Table
from desk.store.teams import DynamoTeams
from desk.store.ticket_lists import DynamoTicketLists
from desk.store.tickets import DynamoTickets
from desk.store.watchers import DynamoWatchers
from tests.service import engines, tables
from tests.service.in_memory import (
    InMemoryArchive,
    InMemoryJobs,
    InMemoryProgress,
    InMemoryQuarantine,
    InMemoryStatistics,
    InMemoryTeams,
    InMemoryTickets,
    InMemoryWatchers,
)
from tests.service.samples import changed, closed, created, edited, solved

STORES = (pytest.param("memory", id="memory"), *engines.ENGINES)
LIMIT = 3  # of watchers and of teams, here


@dataclass
class Store:
    tickets: Tickets
    lists: TicketLists
    watchers: Watchers
    teams: Teams
    statistics: Statistics
    progress: Progress
    quarantine: Quarantine
    jobs: Jobs
    archive: Archive

    def having(self, *tickets: Ticket) -> None:
        """Let there be these new tickets."""
        for ticket in tickets:
            self.tickets.add(ticket, created(ticket))

    def edit(self, before: Ticket, **edit: Any) -> Ticket:
        """Write the ticket's next version, with these attributes."""
        after = edited(before, **edit)
        self.tickets.update(before, after, changed(before, after))
        return after

    def solve(self, before: Ticket, **when: Any) -> Ticket:
        """Write the ticket as solved."""
        return self._write(before, solved(before, **when))

    def close(self, before: Ticket, **when: Any) -> Ticket:
        """Write the ticket as closed."""
        return self._write(before, closed(before, **when))

    def _write(self, before: Ticket, after: Ticket) -> Ticket:
        self.tickets.update(before, after, changed(before, after))
        return after


def store_on(request: pytest.FixtureRequest) -> Store:
    """The store that a fixture with `STORES` as its parameters asks for."""
    if request.param == "memory":
        return in_memory()
    return on_dynamodb(engines.client_on(request, request.param))


def in_memory() -> Store:
    tickets, progress = InMemoryTickets(), InMemoryProgress()
    watchers = InMemoryWatchers(tickets, LIMIT)
    return Store(
        tickets=tickets,
        lists=tickets,
        watchers=watchers,
        teams=InMemoryTeams(LIMIT),
        statistics=InMemoryStatistics(progress),
        progress=progress,
        quarantine=InMemoryQuarantine(),
        jobs=InMemoryJobs(),
        archive=InMemoryArchive(tickets, watchers),
    )


def on_dynamodb(client: Any) -> Store:
    table = Table(client, tables.TABLE)
    return Store(
        tickets=DynamoTickets(table),
        lists=DynamoTicketLists(table),
        watchers=DynamoWatchers(table, limit=LIMIT),
        teams=DynamoTeams(table, limit=LIMIT),
        statistics=DynamoStatistics(table),
        progress=DynamoProgress(table),
        quarantine=DynamoQuarantine(table),
        jobs=DynamoJobs(table),
        archive=DynamoArchive(table),
    )
