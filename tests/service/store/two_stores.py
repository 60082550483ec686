"""The store on DynamoDB (moto) and the one in memory: whatever is done is done to both of them.

Both must come to the same each time. What it was all about is in `happened`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import boto3
from moto import mock_aws

from desk.domain.errors import DeskError, StaleTicketError
from desk.domain.event import Event, EventType, of_change
from desk.domain.paging import Page
from desk.domain.ticket import Cause, Priority, Status, Ticket
from desk.store.attributes import plain
from desk.store.statistics import DynamoStatistics
from desk.store.table import Table
from tests.service import samples, tables
from tests.service.samples import NOW
from tests.service.stores import Store, in_memory, on_dynamodb

Outcome = tuple[Any, type[Exception] | None]


def outcome(does: Callable[[], Any]) -> Outcome:
    """What came of it: an answer, or one of the desk's own errors."""
    try:
        return does(), None
    except DeskError as error:
        return None, type(error)


class TwoStores:
    """Two stores that are used alike, and what has to be in them."""

    def __init__(self) -> None:
        self._moto = mock_aws()
        self._moto.start()
        self._client = boto3.client("dynamodb", region_name="us-east-1")
        # moto copies the whole table, and its stream, at every transaction: so there is no stream,
        # and the counters, which never meet a ticket in one, have a table of their own
        tables.create(self._client, stream=False)
        counters = Table(self._client, tables.create(self._client, "counters", stream=False))
        self.modelled = in_memory()
        self.real = replace(on_dynamodb(self._client), statistics=DynamoStatistics(counters))
        self.known: dict[str, Ticket] = {}
        self.archived: dict[str, Ticket] = {}
        self.events: list[Event] = []
        self.happened: Counter[str] = Counter()
        self._counted: set[str] = set()
        self._hours = 0

    def end(self) -> None:
        self._moto.stop()

    def both(self, does: Callable[[Store], Any]) -> Outcome:
        """Do it to both stores, which must come to the same."""
        modelled, real = outcome(lambda: does(self.modelled)), outcome(lambda: does(self.real))
        assert real == modelled
        return real

    @property
    def now(self) -> datetime:
        return NOW + timedelta(hours=self._hours)

    def cause(self) -> Cause:
        """That of the next change, an hour later."""
        self._hours += 1
        return samples.cause(self.now)

    def get(self, ticket_id: str) -> Ticket:
        """As it is, or as somebody may still have it who does not know that it is gone."""
        return self.known.get(ticket_id) or self.archived[ticket_id]

    def create(self, due_in: timedelta, **of: Any) -> str:
        number = len(self.known) + len(self.archived)
        made = samples.ticket(number, due_at=self.now + due_in, cause=self.cause(), **of)
        event = samples.created(made)
        self._wrote(made, event, self.both(lambda store: store.tickets.add(made, event)))
        return made.id

    def update(self, after: Ticket, kind: EventType, what: str) -> None:
        before = self.get(after.id)
        event = of_change(kind, before, after)
        came = self.both(lambda store: store.tickets.update(before, after, event))
        if self._wrote(after, event, came):
            self.happened[what] += 1

    def comment(self, after: Ticket) -> None:
        before = self.get(after.id)
        event = of_change(EventType.COMMENTED, before, after)
        said = samples.comment(before, len(self.events))
        came = self.both(lambda store: store.tickets.comment(before, after, said, event))
        if self._wrote(after, event, came):
            self.happened["commented"] += 1

    def archive(self, ticket_id: str) -> None:
        items, _ = self.both(lambda store: [dict(each) for each in store.archive.read(ticket_id)])
        self.both(lambda store: store.archive.delete(ticket_id, [each["sk"] for each in items]))
        if ticket_id in self.known:
            self.archived[ticket_id] = self.known.pop(ticket_id)
            self.happened["archived"] += 1

    def count(self, event: Event) -> None:
        again = event.id in self._counted
        first, _ = self.both(lambda store: store.statistics.count(event, NOW))
        assert first is not again
        self._counted.add(event.id)
        self.happened["counted again"] += again

    def walk(self, over: str, turn: Callable[[Store, Any], Page[Any]]) -> list[Any]:
        """What is on all pages; none is empty, but the only one of an empty list."""
        pages, _ = self.both(lambda store: _pages(lambda at: turn(store, at)))
        assert all(pages[1:])
        self.happened[f"pages of {over}"] += len(pages) > 1
        return [item for page in pages for item in page]

    def _wrote(self, after: Ticket, event: Event, came: Outcome) -> bool:
        if after.id in self.archived:
            assert came == (None, StaleTicketError)
            return False
        assert came == (None, None)
        self.known[after.id] = after
        self.events.append(event)
        return True

    # what holds in the end: once for each life, for moto takes its time to answer

    def all_holds(self) -> None:
        items = [plain(item) for item in tables.items(self._client, "TICKET#")]
        self._both_have_the_same(items)
        self._versions_have_no_gaps(items)
        self._the_clock_knows_each_as_what_it_is(items)
        self._watchers_are_as_many_as_are_counted(items)
        self._counters_are_what_tickets_are()

    def _both_have_the_same(self, items: list[dict[str, Any]]) -> None:
        """And nothing is left of a ticket that was archived."""
        everyone = sorted([*self.known, *self.archived])
        assert self.real.tickets.get_many(everyone) == self.known
        modelled = [item for each in everyone for item in self.modelled.archive.read(each)]
        assert items == [dict(item) for item in modelled]

    def _versions_have_no_gaps(self, items: list[dict[str, Any]]) -> None:
        versions = [(i["ticket_id"], i["version"]) for i in items if i["entity"] == "Event"]
        assert versions == [
            (each.id, version)
            for each in self.known.values()
            for version in range(1, each.version + 1)
        ]

    def _the_clock_knows_each_as_what_it_is(self, items: list[dict[str, Any]]) -> None:
        expected = {Status.SOLVED: "SOLVED", Status.CLOSED: "CLOSED"}
        for item in items:
            if item["entity"] == "Ticket":
                wanted = expected.get(Status(item["status"]), "DUE")
                assert item["gsi3pk"].split("#")[0] == wanted

    def _watchers_are_as_many_as_are_counted(self, items: list[dict[str, Any]]) -> None:
        watchers = Counter(item["pk"] for item in items if item["entity"] == "Watcher")
        for item in items:
            if item["entity"] == "Ticket":
                assert item.get("watchers", 0) == watchers[item["pk"]]

    def _counters_are_what_tickets_are(self) -> None:
        """When all events are counted, in whatever order."""
        for event in reversed(self.events):
            if event.id not in self._counted:
                self.count(event)
        for team in {each.team for each in (*self.known.values(), *self.archived.values())}:
            stats, _ = self.both(
                lambda store, team=team: store.statistics.of_team(team, NOW.date())  # type: ignore[misc]
            )
            running = [t for t in self.known.values() if t.team == team and t.status.running]
            opened = Counter(each.priority for each in running)
            assert stats.open == {each: opened[each] for each in Priority}


def _pages(turn: Callable[[Any], Page[Any]]) -> list[tuple[Any, ...]]:
    page = turn(None)
    found = [page.items]
    while page.following is not None:
        page = turn(page.following)
        found.append(page.items)
    return found
