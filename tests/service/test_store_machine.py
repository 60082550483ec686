"""The store on DynamoDB (moto) and the one in memory go through the same life, step by step.

`HYPOTHESIS_PROFILE=long` goes through more and longer ones.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule
from moto import mock_aws

from desk.domain.errors import DeskError
from desk.domain.event import Event, EventType, of_change
from desk.domain.paging import Page
from desk.domain.ticket import Priority, Status, Ticket
from desk.store.attributes import plain
from tests.service import tables
from tests.service.samples import NOW, cause, comment, created, ticket
from tests.service.stores import Store, in_memory, on_dynamodb

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TEAMS = ("ops", "sales")
USERS = ("ann", "bob", "cyd", "dan", "eve")
edits = st.fixed_dictionaries(
    {},
    optional={
        "team": st.sampled_from(TEAMS),
        "assignee": st.none() | st.sampled_from(USERS[:2]),
        "priority": st.sampled_from(Priority),
        "status": st.sampled_from(Status),
        "due_at": st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours)),
    },
)
Outcome = tuple[object, type[Exception] | None]


def outcome(does: Callable[[], object]) -> Outcome:
    """What came of it: an answer, or one of the desk's own errors."""
    try:
        return does(), None
    except DeskError as error:
        return None, type(error)


class Life(RuleBasedStateMachine):
    """Tickets come, change and go; whatever is done, is done to both stores."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self._moto = mock_aws()
        self._moto.start()
        self.client = boto3.client("dynamodb", region_name="us-east-1")
        tables.create(self.client)
        self.stores = (in_memory(), on_dynamodb(self.client))
        self.known: dict[str, Ticket] = {}
        self.events: list[Event] = []
        self.counted: set[str] = set()
        self.hours = 0

    def teardown(self) -> None:
        # once for each life: moto takes its time to answer
        try:
            items = [plain(item) for item in tables.items(self.client, "TICKET#")]
            self._both_have_the_same_tickets()
            self._versions_have_no_gaps(items)
            self._the_clock_knows_each_as_what_it_is(items)
            self._watchers_are_as_many_as_are_counted(items)
            self._counters_are_what_tickets_are()
        finally:
            self._moto.stop()

    def both(self, does: Callable[[Store], object]) -> Outcome:
        """Do it to both stores, which must come to the same."""
        modelled, real = (outcome(lambda store=store: does(store)) for store in self.stores)  # type: ignore[misc]
        assert real == modelled
        return real

    def now(self) -> Any:
        self.hours += 1
        return cause(NOW + timedelta(hours=self.hours))

    def wrote(self, after: Ticket, event: Event) -> None:
        self.known[after.id] = after
        self.events.append(event)

    @rule(target=ids, team=st.sampled_from(TEAMS), priority=st.sampled_from(Priority))
    def create(self, team: str, priority: Priority) -> str:
        new = ticket(len(self.known), team=team, priority=priority, cause=self.now())
        self.both(lambda store: store.tickets.add(new, created(new)))
        self.wrote(new, created(new))
        return new.id

    @rule(id=ids, edit=edits)
    def edit(self, id: str, edit: Any) -> None:  # noqa: A002
        before, at = self.known[id], self.now()
        after, error = outcome(lambda: before.edited(edit, at))
        if error is None and isinstance(after, Ticket) and after != before:
            self._update(before, after, EventType.EDITED)

    @rule(id=ids)
    def edit_an_old_version(self, id: str) -> None:  # noqa: A002
        current = self.known[id]
        if current.version > 1 and current.status is not Status.CLOSED:
            at = self.now()
            after = current.commented(at)
            old = current._replace(version=current.version - 1)
            event = of_change(EventType.EDITED, old, after)
            _, error = self.both(lambda store: store.tickets.update(old, after, event))
            assert error is not None

    @rule(id=ids)
    def comment(self, id: str) -> None:  # noqa: A002
        before, at = self.known[id], self.now()
        if before.status is Status.CLOSED:
            return
        after = before.commented(at)
        event = of_change(EventType.COMMENTED, before, after)
        said = comment(before, len(self.events))
        self.both(lambda store: store.tickets.comment(before, after, said, event))
        self.wrote(after, event)

    @rule(id=ids)
    def escalate(self, id: str) -> None:  # noqa: A002
        before, at = self.known[id], self.now()
        if before.breached(at.at):
            self._update(before, before.escalated(at), EventType.ESCALATED)

    @rule(id=ids)
    def solve_and_close(self, id: str) -> None:  # noqa: A002
        before = self.known[id]
        if before.status is Status.SOLVED:
            self._update(before, before.closed(self.now()), EventType.CLOSED)
        elif before.status is Status.OPEN:
            after = before.edited({"status": Status.SOLVED}, self.now())
            self._update(before, after, EventType.EDITED)

    @rule(id=ids, user=st.sampled_from(USERS))
    def watch(self, id: str, user: str) -> None:  # noqa: A002
        self.both(lambda store: store.watchers.add(id, user, cause()))

    @rule(id=ids, user=st.sampled_from(USERS))
    def unwatch(self, id: str, user: str) -> None:  # noqa: A002
        self.both(lambda store: store.watchers.remove(id, user))

    @rule(team=st.sampled_from(TEAMS), status=st.sampled_from(Status), limit=st.integers(1, 3))
    def walk_through_a_team(self, team: str, status: Status, limit: int) -> None:
        found, _ = self.both(
            lambda store: _walk(lambda after: store.lists.of_team(team, status, limit, after))
        )
        wanted = [t for t in self.known.values() if (t.team, t.status) == (team, status)]
        assert sorted(found, key=lambda each: each.id) == wanted  # type: ignore[call-overload]

    @rule(user=st.sampled_from(USERS[:2]), limit=st.integers(1, 3))
    def walk_through_somebodys(self, user: str, limit: int) -> None:
        found, _ = self.both(
            lambda store: _walk(lambda after: store.lists.of_assignee(user, None, limit, after))
        )
        assert len(found) == sum(t.assignee == user for t in self.known.values())  # type: ignore[arg-type]

    @rule(data=st.data())
    def count(self, data: st.DataObject) -> None:
        """Count any event that there was, be it again."""
        if self.events:
            self._count(data.draw(st.sampled_from(self.events)))

    def _update(self, before: Ticket, after: Ticket, kind: EventType) -> None:
        event = of_change(kind, before, after)
        _, error = self.both(lambda store: store.tickets.update(before, after, event))
        assert error is None
        self.wrote(after, event)

    def _count(self, event: Event) -> None:
        first, _ = self.both(lambda store: store.statistics.count(event, NOW))
        assert first == (event.id not in self.counted)
        self.counted.add(event.id)

    def _both_have_the_same_tickets(self) -> None:
        for store in self.stores:
            assert store.tickets.get_many(list(self.known)) == self.known
        for each in self.known:
            self.both(lambda store, each=each: [dict(i) for i in store.archive.read(each)])  # type: ignore[misc]

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
        """When all events are counted, in whatever order, and however often."""
        for event in reversed(self.events):
            self._count(event)
        for team in TEAMS:
            stats, _ = self.both(
                lambda store, team=team: store.statistics.of_team(team, NOW.date())  # type: ignore[misc]
            )
            running = [t for t in self.known.values() if t.team == team and t.status.running]
            opened = Counter(each.priority for each in running)
            assert stats.open == {each: opened[each] for each in Priority}  # type: ignore[attr-defined]


def _walk(turn: Callable[[Any], Page[Ticket]]) -> list[Ticket]:
    page = turn(None)
    found = list(page.items)
    while page.following is not None:
        page = turn(page.following)
        assert page.items
        found += page.items
    return found


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=200 if LONG else 5,
    # to find a shorter failing life would take minutes
    phases=tuple(Phase) if LONG else (Phase.reuse, Phase.generate),
    stateful_step_count=50 if LONG else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
