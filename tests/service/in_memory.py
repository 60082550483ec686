"""The ports in memory: no mock, a store that the same contract tests hold for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from desk.domain.counting import DayTotal, OpenTickets, TeamStats, movements
from desk.domain.errors import StaleTicketError, TicketNotFoundError
from desk.domain.event import Event
from desk.domain.ticket import Priority, Status, Ticket


class InMemoryTickets:
    """`desk.ports.Tickets`; what it wrote to the outbox is in `events`."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}
        self.events: list[Event] = []

    def get(self, ticket_id: str) -> Ticket:
        if ticket_id not in self._tickets:
            raise TicketNotFoundError(ticket_id)
        return self._tickets[ticket_id]

    def add(self, ticket: Ticket, event: Event) -> None:
        if ticket.id in self._tickets:
            raise StaleTicketError(ticket.id, ticket.version)
        self._write(ticket, event)

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        if self.get(before.id).version != before.version:
            raise StaleTicketError(before.id, before.version)
        self._write(after, event)

    def due(self, since: datetime, until: datetime) -> Iterator[str]:
        start = since.replace(minute=0, second=0, microsecond=0)
        for ticket in sorted(self._tickets.values(), key=lambda each: (each.due_at, each.id)):
            if ticket.breached(until) and max(ticket.due_at, ticket.created_at) >= start:
                yield ticket.id

    def _write(self, ticket: Ticket, event: Event) -> None:
        self._tickets[ticket.id] = ticket
        self.events.append(event)


class InMemoryNotifier:
    """`desk.ports.Notifier`; whom it told what is in `events`."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def notify(self, event: Event) -> None:
        self.events.append(event)


class InMemoryStatistics:
    """`desk.ports.Statistics`."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._values: dict[tuple[str, OpenTickets | DayTotal], int] = {}

    def count(self, event: Event, now: datetime) -> bool:
        if event.id in self._seen:
            return False
        self._seen.add(event.id)
        for count, by in movements(event).items():
            key = (event.team, count)
            self._values[key] = self._values.get(key, 0) + by
        return True

    def of_team(self, team: str, since: date) -> TeamStats:
        opened = dict.fromkeys(Priority, 0)
        days: dict[str, dict[Status, int]] = {}
        for (owner, count), value in self._values.items():
            if owner != team:
                continue
            match count:
                case OpenTickets(priority):
                    opened[priority] = value
                case DayTotal(day, status) if day >= since.isoformat():
                    days.setdefault(day, {})[status] = value
        return TeamStats(team=team, open=opened, days=days)
