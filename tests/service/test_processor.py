from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import process_partial_response
from ordered_batch import OrderedBatchProcessor
from stages import Stages

from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Priority
from desk.store.statistics import DynamoStatistics
from tests.service import tables
from tests.service.in_memory import InMemoryStatistics
from tests.service.samples import HOUR, NOW, Context, cause, record, ticket

Process = Callable[[list[dict[str, Any]]], list[str]]


class FailsAt(InMemoryStatistics):
    """Counters that fail for one event."""

    def __init__(self, event_id: str) -> None:
        super().__init__()
        self.failing: str | None = event_id
        self.asked: list[str] = []

    def count(self, event: Event, now: Any) -> bool:
        self.asked.append(event.id)
        if event.id == self.failing:
            raise TimeoutError("no answer")
        return super().count(event, now)


def processing(statistics: Any, metrics: Metrics, logger: Logger) -> Process:
    """A processor over these counters: takes records, answers the reported sequence numbers."""
    stages = Stages(statistics, metrics, logger, lambda: NOW)
    processor = OrderedBatchProcessor()

    def process(records: list[dict[str, Any]]) -> list[str]:
        answer = process_partial_response({"Records": records}, stages, processor, Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    return process


def events(count: int) -> list[Event]:
    return [of_change(EventType.CREATED, None, ticket(number)) for number in range(1, count + 1)]


def records(of: list[Event]) -> list[dict[str, Any]]:
    return [record(event, number) for number, event in enumerate(of, start=1)]


def test_every_event_is_counted(metrics: Metrics, logger: Logger) -> None:
    # Given three events / When they come in one batch
    statistics = InMemoryStatistics()
    failed = processing(statistics, metrics, logger)(records(events(3)))
    # Then all are counted and none reported
    assert failed == []
    assert statistics.of_team("ops", NOW.date()).open[Priority.NORMAL] == 3


def test_the_batch_stops_at_the_first_failure(metrics: Metrics, logger: Logger) -> None:
    # Given five events, of which the third cannot be counted now
    batch = events(5)
    statistics = FailsAt(batch[2].id)
    # When they come in one batch
    failed = processing(statistics, metrics, logger)(records(batch))
    # Then only the third is reported, and nothing after it was begun
    assert failed == ["3"]
    assert statistics.asked == [event.id for event in batch[:3]]


def test_a_retry_goes_on_where_it_stopped(metrics: Metrics, logger: Logger) -> None:
    # Given a batch that stopped at its third record
    batch = events(5)
    statistics = FailsAt(batch[2].id)
    process = processing(statistics, metrics, logger)
    process(records(batch))
    # When Lambda delivers from there, and the failure has passed
    statistics.failing = None
    failed = process(records(batch)[2:])
    # Then every event is counted, once
    assert failed == []
    assert statistics.of_team("ops", NOW.date()).open[Priority.NORMAL] == 5


def test_a_batch_of_one_that_fails_is_reported(metrics: Metrics, logger: Logger) -> None:
    # Given a single event that fails / When it comes alone
    batch = events(1)
    failed = processing(FailsAt(batch[0].id), metrics, logger)(records(batch))
    # Then it is reported like any other, not raised
    assert failed == ["1"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", {"S": "TicketEaten"}),
        ("schema_version", {"N": "2"}),
        ("after", {"M": {"status": {"S": "new"}}}),
        ("occurred_at", {"S": "yesterday"}),
    ],
)
def test_an_unknown_event_is_counted_and_reported(
    metrics: Metrics, logger: Logger, name: str, value: dict[str, Any]
) -> None:
    # Given an event that no retry can make known, and a good one after it
    bad, good = records(events(2))
    bad["dynamodb"]["NewImage"][name] = value
    statistics = InMemoryStatistics()
    # When they come
    failed = processing(statistics, metrics, logger)([bad, good])
    # Then the bad one is reported, so that it ends in the on-failure queue, and is in the metrics
    assert failed == ["1"]
    assert "EventsRefused" in metrics.metric_set
    # And the one after it waits its turn
    assert statistics.of_team("ops", NOW.date()).open[Priority.NORMAL] == 0


@pytest.mark.parametrize("seed", range(5))
def test_replays_in_any_batching_change_nothing(
    dynamodb: Any, metrics: Metrics, logger: Logger, seed: int
) -> None:
    # Given the events of tickets that were created and escalated, in the order of the stream
    stream = []
    for number in range(1, 4):
        first = ticket(number, due_at=NOW - HOUR)
        stream.append(of_change(EventType.CREATED, None, first))
        stream.append(of_change(EventType.ESCALATED, first, first.escalated(cause())))
    process = processing(DynamoStatistics(dynamodb, tables.TABLE), metrics, logger)
    process(records(stream))
    before = tables.items(dynamodb)
    # When parts of the stream come again, in batches of any size
    dice = random.Random(seed)
    for _ in range(4):
        start = dice.randrange(len(stream))
        process(records(stream)[start : start + dice.randint(1, 6)])
    # Then no stored item is changed
    assert tables.items(dynamodb) == before
    values = {item["sk"]["S"]: item["value"]["N"] for item in tables.items(dynamodb, "STATS#")}
    assert values == {"OPEN#normal": "0", "OPEN#high": "3", "DAY#2026-03-10#new": "3"}
