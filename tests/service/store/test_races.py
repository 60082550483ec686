"""What must hold when several write at once, and when an answer is lost on its way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desk.domain.errors import NotAllowedError, StaleTicketError
from desk.domain.jobs import Job, Lease
from desk.domain.ticket import Priority
from tests.service import engines
from tests.service.samples import HOUR, NOW, cause, changed, comment, created, edited, ticket
from tests.service.stores import LIMIT, Store, on_dynamodb

TOGETHER = 6

# moto has no transactions of its own threads' requests
STARTED = [each for each in engines.ENGINES if each.id != "moto"]


@pytest.fixture(params=STARTED)
def client(request: pytest.FixtureRequest) -> Any:
    return engines.client_on(request, request.param)


@pytest.fixture
def store(client: Any) -> Store:
    return on_dynamodb(client)


def at_once(does: Callable[[int], object], refused: type[Exception] | None = None) -> int:
    """Do something several times at the same time; how often it was not refused."""

    def tried(number: int) -> bool:
        try:
            return does(number) is not False
        except Exception as error:
            if refused is None or not isinstance(error, refused):
                raise
            return False

    with ThreadPoolExecutor(TOGETHER) as pool:
        return sum(pool.map(tried, range(TOGETHER)))


def test_one_of_those_who_change_a_version_does(store: Store) -> None:
    # Given a ticket / When several change the same version at once / Then one of them does
    store.having(ticket())

    def change(number: int) -> None:
        after = edited(ticket(), title=f"by {number}")
        store.tickets.update(ticket(), after, changed(ticket(), after))

    assert at_once(change, StaleTicketError) == 1
    assert store.tickets.get(ticket().id).version == 2
    events = [item for item in store.archive.read(ticket().id) if item["entity"] == "Event"]
    assert [event["version"] for event in events] == [1, 2]


def test_an_event_that_comes_several_times_at_once_counts_once(store: Store) -> None:
    event = created(ticket())
    assert at_once(lambda number: store.statistics.count(event, NOW)) == 1
    assert store.statistics.open_tickets("ops")[Priority.NORMAL] == 1


def test_events_that_move_the_same_counter_at_once_all_count(store: Store) -> None:
    assert at_once(lambda number: store.statistics.count(created(ticket(number)), NOW)) == TOGETHER
    assert store.statistics.open_tickets("ops")[Priority.NORMAL] == TOGETHER


def test_no_more_watch_than_can(store: Store) -> None:
    # Given a ticket / When more than can want to watch it at once / Then as many as can do
    store.having(ticket())
    add = store.watchers.add
    assert (
        at_once(lambda number: add(ticket().id, f"user{number}", cause()), NotAllowedError) == LIMIT
    )
    assert len(store.watchers.of(ticket().id)) == LIMIT


def test_no_more_teams_than_can_be(store: Store) -> None:
    register = store.teams.register
    assert at_once(lambda number: register(f"team{number}"), NotAllowedError) == LIMIT
    assert len(store.teams.all()) == LIMIT


def test_one_of_those_who_want_a_lease_has_it(store: Store) -> None:
    def acquire(number: int) -> bool:
        return store.jobs.acquire(Lease(Job.SWEEP, f"run {number}", NOW, NOW + HOUR))

    assert at_once(acquire) == 1


def loses_an_answer(client: Any, operation: str = "TransactWriteItems") -> list[int]:
    """Have botocore take the next answer for none, once; all answers' codes are in the list."""
    answers: list[int] = []

    def handler(response: Any, **_: Any) -> float | None:
        answers.append(response[0].status_code)
        return 0.0 if len(answers) == 1 else None

    client.meta.events.register_first(f"needs-retry.dynamodb.{operation}", handler)
    return answers


def _comment(store: Store) -> None:
    after = ticket().commented(cause())
    store.tickets.comment(ticket(), after, comment(ticket()), changed(ticket(), after))


def _count(store: Store) -> None:
    assert store.statistics.count(created(ticket()), NOW)


def _correct(store: Store) -> None:
    assert store.statistics.correct("ops", Priority.LOW, was=0, becomes=2)


TRANSACTIONS: dict[str, Callable[[Store], object]] = {
    "add": lambda store: store.having(ticket(2)),
    "update": lambda store: store.edit(ticket(), title="another"),
    "comment": _comment,
    "watch": lambda store: store.watchers.add(ticket().id, "ann", cause()),
    "count": _count,
    "correct": _correct,
}


@pytest.mark.parametrize("write", TRANSACTIONS.values(), ids=TRANSACTIONS)
def test_what_was_done_is_not_refused_because_its_answer_was_lost(
    client: Any, store: Store, write: Callable[[Store], object]
) -> None:
    # Given a request that is done, and whose answer is lost
    store.having(ticket())
    answers = loses_an_answer(client)
    # When botocore sends it again / Then it is neither refused nor done twice
    write(store)
    assert answers == [200, 200]
    assert store.tickets.get(ticket().id).version <= 2
    assert store.statistics.open_tickets("ops")[Priority.NORMAL] <= 1


def test_a_lease_that_was_taken_is_not_refused_because_its_answer_was_lost(
    client: Any, store: Store
) -> None:
    answers = loses_an_answer(client, "PutItem")
    assert store.jobs.acquire(Lease(Job.SWEEP, "run", NOW, NOW + HOUR))
    assert answers == [200, 200]
