"""`desk.ports.jobs` in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from desk.domain.comment import Comment
from desk.domain.errors import LeaseLostError, TicketNotFoundError, UndeliveredError
from desk.domain.event import Event
from desk.domain.jobs import Job, Lease
from desk.store import comment_item, event_item, ticket_item, watcher_item
from tests.service.in_memory.people import InMemoryWatchers
from tests.service.in_memory.tickets import InMemoryTickets

Item = dict[str, Any]


class InMemoryJobs:
    """`Jobs`."""

    def __init__(self) -> None:
        self._leases: dict[Job, Lease] = {}
        self._cursors: dict[Job, dict[str, str]] = {}

    def acquire(self, lease: Lease) -> bool:
        held = self._leases.get(lease.job)
        if held and held.owner != lease.owner and held.expires_at > lease.taken_at:
            return False
        self._leases[lease.job] = lease
        return True

    def release(self, lease: Lease) -> None:
        if self._holds(lease):
            del self._leases[lease.job]

    def cursor(self, job: Job) -> Mapping[str, str]:
        return dict(self._cursors.get(job, {}))

    def move(self, lease: Lease, cursor: Mapping[str, str]) -> None:
        if not self._holds(lease):
            raise LeaseLostError(lease.job, lease.owner)
        self._cursors[lease.job] = dict(cursor)

    def _holds(self, lease: Lease) -> bool:
        held = self._leases.get(lease.job)
        return held is not None and held.owner == lease.owner


class InMemoryArchive:
    """`Archive` of these tickets and watchers, as the items that the table would hold."""

    def __init__(self, tickets: InMemoryTickets, watchers: InMemoryWatchers) -> None:
        self._tickets = tickets
        self._watchers = watchers

    def read(self, ticket_id: str) -> Sequence[Mapping[str, Any]]:
        watching = self._watchers.added(ticket_id).items()
        items = [
            *map(event_item.to_item, self._events(ticket_id)),
            *map(comment_item.to_item, self._tickets.comments_of(ticket_id)),
            *(watcher_item.to_item(ticket_id, user, cause) for user, cause in watching),
        ]
        try:
            ticket = ticket_item.to_item(self._tickets.get(ticket_id))
            items.append(ticket | {watcher_item.COUNT: self._watchers.counted(ticket_id)})
        except TicketNotFoundError:
            pass
        return sorted(map(_without_absent, items), key=lambda item: str(item["sk"]))

    def delete(self, ticket_id: str, sort_keys: Sequence[str]) -> None:
        for user in self._watchers.of(ticket_id):
            if watcher_item.key(ticket_id, user)["sk"] in sort_keys:
                self._watchers.remove(ticket_id, user)
        self._tickets.forget(ticket_id, lambda each: _sort_key(each) in sort_keys)

    def _events(self, ticket_id: str) -> list[Event]:
        return [each for each in self._tickets.events if each.ticket_id == ticket_id]


class InMemoryWebhook:
    """`Webhook`; what it told is in `told`, and it cannot tell of `failing` events."""

    def __init__(self, failing: Collection[str] = ()) -> None:
        self.failing = set(failing)
        self.told: list[Event] = []

    def tell(self, event: Event) -> None:
        if event.id in self.failing:
            raise UndeliveredError(event.id, "503")
        self.told.append(event)


def _sort_key(thing: object) -> str:
    match thing:
        case Event():
            key = event_item.key(thing)
        case Comment():
            key = comment_item.key(thing.ticket_id, thing.id)
        case _:
            key = ticket_item.key("")
    return str(key["sk"])


def _without_absent(item: Item) -> Item:
    return {name: value for name, value in item.items() if value is not None}
