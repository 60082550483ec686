"""The archive, wherever its nights break off: each ticket is whole, in the table or in a document.

`make test-long` looks at more nights, new ones every time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from hypothesis import given
from hypothesis import strategies as st

from tests.at_random import examples
from tests.service.jobs.world import Countdown, Killed, World
from tests.service.samples import DAY, NOW, cause


def fail() -> None:
    raise TimeoutError("no answer")


def kill() -> None:
    raise Killed


@dataclass(frozen=True)
class Night:
    """A night, and where it breaks off.

    Parameters
    ----------
    call:
        Before or after which call of which port: by its number, or by its name and number.
    how:
        What happens then.
    questions:
        How often it may ask for the time that is left before there is none.
    again:
        Whether its event is the one before, once more.
    """

    call: int | tuple[str, int]
    how: Callable[[], None]
    questions: int
    again: bool


# three tickets of nine items: a document each, and what there is to delete
calls = st.one_of(
    st.integers(1, 90),
    st.tuples(st.just("delete"), st.integers(1, 54)),
    st.tuples(st.sampled_from(["read", "put_once"]), st.integers(1, 6)),
    # between a document and the first deletion: the fewest calls of all
    st.sampled_from([("put_once", 2), ("put_once", 4), ("put_once", 6), ("delete", 1)]),
)
nights = st.lists(
    st.builds(
        Night,
        call=calls,
        how=st.sampled_from([fail, kill]),
        questions=st.one_of(st.integers(3, 9), st.just(1000)),
        again=st.booleans(),
    ),
    max_size=6,
)


class Halfway:
    """An archive that deletes items one by one: a fault can come between any two."""

    def __init__(self, world: World) -> None:
        self._archive = world.archive
        self._faults = world.faults

    def read(self, ticket_id: str) -> Any:
        return self._archive.read(ticket_id)

    def delete(self, ticket_id: str, sort_keys: list[str]) -> None:
        step = self._faults.armed(self._archive)
        for sort_key in sorted(sort_keys, key=lambda each: each == "META"):
            step.delete(ticket_id, [sort_key])


class Desk(World):
    """Three tickets with all that belongs to one, which the next night is to move."""

    def __init__(self) -> None:
        super().__init__()
        # thousands of lines for each example, which nobody reads
        self.logger = Logger(service="test-archive", level="CRITICAL")
        self.seen: Counter[str] = Counter()
        self.ids = [self._closed(number) for number in range(1, 4)]
        self.whole = {each: self.items(each) for each in self.ids}
        self.archive = Halfway(self)  # type: ignore[assignment]
        self.move_on(NOW + 89 * DAY)
        # the ninety days before have been looked at
        self.night()

    def items(self, ticket_id: str) -> list[dict[str, Any]]:
        return [dict(item) for item in self.archive.read(ticket_id)]

    def document(self, ticket_id: str) -> Any:
        """The items of the ticket's document, or None where there is none yet."""
        found = self.objects.objects.get(f"archive/2026-03-10/{ticket_id}.json")
        return None if found is None else json.loads(found)["items"]

    def disturbed(self, night: Night) -> None:
        """A night that breaks off, unless it is over before."""
        self.faults.plan({night.call: night.how})
        self.move_on(self.now + (timedelta() if night.again else DAY))
        identity = "again" if night.again else None
        with suppress(Killed, ExceptionGroup):
            self.night(context=Countdown(night.questions), identity=identity)
        self.faults.plan({})
        self.seen.update(map(self._state, self.ids))

    def everything_is_whole(self) -> None:
        for each in self.ids:
            document = self.document(each)
            assert (self.items(each) if document is None else document) == self.whole[each]

    def quiet_nights(self) -> None:
        """As many as it takes: one may have to make up for a night that was cut short."""
        for _ in range(2):
            self.move_on(self.now + DAY)
            self.night()

    def _closed(self, number: int) -> str:
        ticket_id = self.open(number, due_at=self.now + DAY).id
        for comment in range(2):
            self.comment(ticket_id, 10 * number + comment)
        for user in ("ann", "bob"):
            self.watchers.add(ticket_id, user, cause())
        self.close(ticket_id)
        return ticket_id

    def _state(self, ticket_id: str) -> str:
        there = len(self.items(ticket_id))
        if self.document(ticket_id) is None:
            return "only in the table"
        if there:
            return "in both" if there == len(self.whole[ticket_id]) else "halfway out of the table"
        return "only in the bucket"


@pytest.mark.proves("S3")
@examples(150)
@given(nights=nights)
def test_wherever_a_night_breaks_off_nothing_is_lost(nights: list[Night]) -> None:
    # Given closed tickets
    desk = Desk()
    # When nights break off anywhere, halfway through deleting, too
    for night in nights:
        desk.disturbed(night)
        # Then each ticket is whole, in the table or in its document
        desk.everything_is_whole()
    # And nights that nothing disturbs move all of them
    desk.quiet_nights()
    assert all(desk.document(each) == desk.whole[each] for each in desk.ids)
    assert not any(desk.items(each) for each in desk.ids)
    desk.metrics.clear_metrics()


def test_nights_at_random_break_off_everywhere() -> None:
    # Given the same nights / When a few of them come
    seen: list[Counter[str]] = []

    @examples(120, long=120, derandomize=True)
    @given(nights=nights)
    def look(nights: list[Night]) -> None:
        desk = Desk()
        for night in nights:
            desk.disturbed(night)
        seen.append(desk.seen)
        desk.metrics.clear_metrics()

    look()
    # Then they have left tickets in each of the states that there are, in several of the runs
    often = {name for name, runs in Counter(n for each in seen for n in each).items() if runs > 8}
    assert often == {
        "only in the table",
        "in both",
        "halfway out of the table",
        "only in the bucket",
    }, seen
