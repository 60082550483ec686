"""Histories of tickets, as the domain makes them, and the stream's records of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from desk.domain.errors import NotAllowedError
from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Cause, Edit, Priority, Status, Ticket
from desk.store import ticket_item
from desk.store.attributes import typed
from tests.service.processing.world import streamed
from tests.service.samples import NOW, ticket

Record = dict[str, Any]
USERS = ("ann", "bob", "cid")
TEAMS = ("ops", "billing", "sales", "smoke-0123456789ab")
TICKETS = 4
SECOND = timedelta(seconds=1)

# What is done to a ticket, as a pair: a kind of event, and what is changed, where it is an edit.
Deed = tuple[EventType, Edit]


def _edits() -> st.SearchStrategy[Edit]:
    return st.one_of(
        st.builds(lambda status: Edit(status=status), st.sampled_from(Status)),
        st.builds(lambda priority: Edit(priority=priority), st.sampled_from(Priority)),
        st.builds(lambda team: Edit(team=team), st.sampled_from(TEAMS)),
    )


deeds: st.SearchStrategy[Deed] = st.one_of(
    st.tuples(st.just(EventType.EDITED), _edits()),
    st.tuples(
        st.sampled_from([EventType.COMMENTED, EventType.ESCALATED, EventType.CLOSED]),
        st.just(Edit()),
    ),
)


@dataclass
class History:
    """What happened, in the order in which it happened.

    Parameters
    ----------
    shards:
        How many shards the stream has: a ticket's records are all in one of them.
    """

    shards: int
    tickets: dict[str, Ticket] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    poison: list[Record] = field(default_factory=list)
    records: list[list[Record]] = field(init=False)
    numbers: dict[str, str] = field(default_factory=dict)
    _number: int = 0

    def __post_init__(self) -> None:
        self.records = [[] for _ in range(self.shards)]

    def open(self, number: int) -> None:
        """Let there be a ticket; its team is one of several."""
        made = ticket(number, team=TEAMS[number % len(TEAMS)])
        self._write(EventType.CREATED, None, made)

    def do(self, number: int, deed: Deed) -> None:
        """Do this to a ticket; what the rules do not allow becomes a comment, if that they do."""
        before = self.tickets[ticket(number).id]
        cause = Cause("ann", self._now, f"c-{self._number}")
        for kind, edit in (deed, (EventType.COMMENTED, Edit())):
            with contextlib.suppress(NotAllowedError):
                after = _changed(before, kind, edit, cause)
                if after != before:
                    self._write(kind, before, after)
                    return

    def spoil(self, number: int, damage: Callable[[Record], object]) -> None:
        """Have a record in the ticket's shard that is the image of no event."""
        made = self._streamed(of_change(EventType.CREATED, None, ticket(number)))
        damage(made)
        self.poison.append(made)
        self._shard(number).append(made)

    @property
    def _now(self) -> Any:
        return NOW + self._number * SECOND

    def _shard(self, number: int) -> list[Record]:
        return self.records[number % self.shards]

    def _write(self, kind: EventType, before: Ticket | None, after: Ticket) -> None:
        self.tickets[after.id] = after
        event = of_change(kind, before, after)
        self.events.append(event)
        shard = self._shard(int(after.id[3:]))
        # the ticket's own item comes along in the stream: the filter leaves it out
        meta = self._streamed(event)
        meta["dynamodb"]["Keys"]["sk"] = {"S": "META"}
        meta["dynamodb"]["NewImage"] = typed(ticket_item.to_item(after))
        meta["eventName"] = "MODIFY" if before else "INSERT"
        written = self._streamed(event)
        self.numbers[event.id] = written["dynamodb"]["SequenceNumber"]
        shard += [meta, written]

    def _streamed(self, event: Event) -> Record:
        self._number += 1
        return streamed(event, 100_000_000_000_000_000_000 + self._number, self._now)


def _changed(before: Ticket, kind: EventType, edit: Edit, cause: Cause) -> Ticket:
    match kind:
        case EventType.EDITED:
            return before.edited(edit, cause)
        case EventType.COMMENTED:
            return before.commented(cause)
        case EventType.ESCALATED:
            return before.escalated(cause) if before.status.running else before
        case _:
            return before.closed(cause)


def _without_image(record: Record) -> None:
    del record["dynamodb"]["NewImage"]


def _of_unknown_type(record: Record) -> None:
    record["dynamodb"]["NewImage"]["type"] = {"S": "TicketEaten"}


def _of_bytes(record: Record) -> None:
    record["dynamodb"]["NewImage"]["actor"] = {"B": "AP8="}


DAMAGE: Sequence[Callable[[Record], None]] = (_without_image, _of_unknown_type, _of_bytes)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Some tickets, some changes of each, some records that hold no event, in some order."""
    history = History(draw(st.sampled_from([1, 1, 2, 3])))
    count = draw(st.integers(1, TICKETS))
    for number in range(count):
        history.open(number)
    numbers = st.integers(0, count - 1)
    for _ in range(draw(st.integers(3, 20))):
        number = draw(numbers)
        if draw(st.integers(0, 9)) == 9:
            history.spoil(number, draw(st.sampled_from(DAMAGE)))
        else:
            history.do(number, draw(deeds))
    return history
