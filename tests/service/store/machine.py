"""What people, the jobs and the stream may ask of a store, in any order."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
)

from desk.domain import instants
from desk.domain.errors import NotAllowedError, StaleTicketError, TicketNotFoundError
from desk.domain.event import EventType, of_change
from desk.domain.ticket import Status
from tests.service import samples
from tests.service.store.deeds import USERS, attributes, deeds
from tests.service.store.two_stores import TwoStores, outcome


class Life(RuleBasedStateMachine):
    """Tickets come, change and go, in both stores alike.

    What is done is done to any ticket that there has ever been: those that are gone, too.
    """

    tickets = Bundle("tickets")

    def __init__(self, seen: list[Counter[str]] | None = None) -> None:
        super().__init__()
        self.stores = TwoStores()
        self._seen = seen

    def teardown(self) -> None:
        try:
            self.stores.all_holds()
        finally:
            self.stores.end()
        if self._seen is not None:
            self._seen.append(self.stores.happened)

    # a desk that has been at work: without one, most lives would be about nothing

    @initialize(
        target=tickets,
        made=st.lists(
            st.tuples(st.fixed_dictionaries(attributes), st.integers(0, 3), st.integers(0, 2)),
            min_size=4,
            max_size=5,
        ),
    )
    def a_desk_at_work(self, made: list[Any]) -> MultipleResults[str]:
        for of, steps, comments in made:
            ticket = self.stores.create(timedelta(hours=1), **of)
            self.comment(ticket, comments)
            self.go_on(ticket, steps)
        self.stores.happened.clear()
        return multiple(*self.stores.known)

    @rule(target=tickets, ticket=tickets, deed=deeds)
    def do(self, ticket: str, deed: tuple[str, dict[str, Any]]) -> str | MultipleResults[str]:
        # one rule for all: of several, hypothesis leaves out most in a life, and lives are few
        name, how = deed
        made: str | None = getattr(self, name)(ticket, **how)
        return made or multiple()

    # what people do

    def create(self, _: str, of: Any, lead: timedelta) -> str:
        return self.stores.create(lead, **of)

    def edit(self, ticket: str, edit: Any, lead: timedelta) -> None:
        before = self.stores.get(ticket)
        edit = edit | {"due_at": self.stores.now + lead}
        after, error = outcome(lambda: before.edited(edit, self.stores.cause()))
        if error is None and after != before:
            again = before.status is Status.SOLVED and after.status is Status.OPEN
            self.stores.update(after, EventType.EDITED, "opened again" if again else "edited")

    def comment(self, ticket: str, times: int) -> None:
        for _ in range(times):
            before = self.stores.get(ticket)
            after, error = outcome(lambda before=before: before.commented(self.stores.cause()))  # type: ignore[misc]
            if error is None:
                self.stores.comment(after)

    def go_on(self, ticket: str, steps: int) -> None:
        """Be so many steps further in its life, which ends in the archive."""
        for _ in range(steps):
            self._go_on(ticket)

    def go_back(self, ticket: str) -> None:
        """Be solved, and opened again."""
        if self.stores.get(ticket).status is not Status.CLOSED:
            for status in (Status.OPEN, Status.SOLVED, Status.OPEN):
                self.edit(ticket, {"status": status}, timedelta(hours=1))

    def _go_on(self, ticket: str) -> None:
        before = self.stores.get(ticket)
        match before.status:
            case Status.NEW | Status.WAITING:
                after = before.edited({"status": Status.OPEN}, self.stores.cause())
                self.stores.update(after, EventType.EDITED, "edited")
            case Status.OPEN:
                after = before.edited({"status": Status.SOLVED}, self.stores.cause())
                self.stores.update(after, EventType.EDITED, "solved")
            case Status.SOLVED:
                after = before.closed(self.stores.cause())
                self.stores.update(after, EventType.CLOSED, "closed")
            case Status.CLOSED:
                self.stores.archive(ticket)

    def watch(self, ticket: str, users: list[str]) -> None:
        wanted = {None, NotAllowedError} if ticket in self.stores.known else {TicketNotFoundError}
        cause = self.stores.cause()
        for user in users:
            _, error = self.stores.both(
                lambda store, user=user: store.watchers.add(ticket, user, cause)  # type: ignore[misc]
            )
            assert error in wanted
            self.stores.happened["watched" if error is None else "not to be watched"] += 1

    def unwatch(self, ticket: str, user: str) -> None:
        self.stores.both(lambda store: store.watchers.remove(ticket, user))

    def come_too_late(self, ticket: str, versions: int) -> None:
        """Edit what somebody else has edited meanwhile, or bring what is there."""
        current = self.stores.get(ticket)
        old = current._replace(version=max(current.version - versions, 0))
        after = old._replace(version=old.version + 1)
        event = of_change(EventType.EDITED, old, after)
        _, error = self.stores.both(lambda store: store.tickets.update(old, after, event))
        assert error is StaleTicketError
        self.stores.happened["refused as stale"] += 1
        if ticket in self.stores.known:
            new = samples.created(old)
            _, error = self.stores.both(lambda store: store.tickets.add(old, new))
            assert error is StaleTicketError

    # what the jobs and the stream do

    def escalate(self, ticket: str) -> None:
        before = self.stores.get(ticket)
        if before.breached(self.stores.now):
            after = before.escalated(self.stores.cause())
            self.stores.update(after, EventType.ESCALATED, "escalated")

    def count_twice(self, _: str, which: int) -> None:
        """Count any event that there was; it may have been counted before."""
        event = self.stores.events[which % len(self.stores.events)]
        self.stores.count(event)
        self.stores.count(event)

    # what is asked: of lists in which there is something, mostly

    def look_where_it_is(self, ticket: str, hours: int) -> None:
        like = self.stores.get(ticket)
        self._walk_through_a_team(like.team, like.status, 1)
        self._walk_through_somebodys(like.assignee or USERS[0], None, 1)
        self._walk_through_comments(ticket)
        self._ask_what_the_clock_knows(ticket, timedelta(hours=hours))

    def look_anywhere(self, _: str, team: str, user: str, status: Status, limit: int) -> None:
        self._walk_through_a_team(team, status, limit)
        self._walk_through_somebodys(user, status, limit)

    def _walk_through_a_team(self, team: str, status: Status, limit: int) -> None:
        known = self.stores.known.values()
        wanted = [each for each in known if (each.team, each.status) == (team, status)]
        found = self.stores.walk(
            "a team's", lambda store, at: store.lists.of_team(team, status, limit, at)
        )
        assert sorted(found, key=lambda each: each.id) == wanted
        ids, _ = self.stores.both(lambda store: sorted(store.lists.all_of_team(team, status)))
        assert ids == [each.id for each in wanted]

    def _walk_through_somebodys(self, user: str, by: Status | None, limit: int) -> None:
        known = self.stores.known.values()
        wanted = [each for each in known if each.assignee == user and by in (each.status, None)]
        found = self.stores.walk(
            "somebody's", lambda store, at: store.lists.of_assignee(user, by, limit, at)
        )
        assert sorted(found, key=lambda each: each.id) == wanted

    def _walk_through_comments(self, ticket: str) -> None:
        found = self.stores.walk(
            "comments", lambda store, at: store.tickets.comments(ticket, 1, at)
        )
        there = ticket in self.stores.known
        assert len(found) == (self.stores.get(ticket).comments if there else 0)

    def _ask_what_the_clock_knows(self, ticket: str, later: timedelta) -> None:
        like = self.stores.get(ticket)
        since = like.closed_at or like.solved_at or max(like.due_at, like.updated_at)
        until = since + later
        found, _ = self.stores.both(
            lambda store: (
                sorted(store.lists.due(instants.hour(since), until)),
                sorted(store.lists.solved(since.date(), until)),
                sorted(store.lists.closed(since.date(), until)),
            )
        )
        there = ticket in self.stores.known
        assert [ticket in each for each in found] == [
            there and like.breached(until),
            there and until >= since and like.status is Status.SOLVED,
            there and until >= since and like.status is Status.CLOSED,
        ]
        self.stores.happened["found by the clock"] += any(found)
