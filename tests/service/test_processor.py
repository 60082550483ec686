"""What the processor counts, and what it stops at."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain.event import EventType, of_change
from desk.domain.ticket import Priority
from desk.store.statistics import DynamoStatistics
from tests.service import tables
from tests.service.in_memory import InMemoryNotifier, InMemoryStatistics
from tests.service.processing import FailsAt, events, processing, records
from tests.service.samples import HOUR, NOW, cause, ticket


def test_every_event_is_counted(metrics: Metrics, logger: Logger) -> None:
    # Given three events / When they come in one batch
    statistics = InMemoryStatistics()
    failed = processing(statistics, metrics, logger)(records(events(3)))
    # Then all are counted and none reported
    assert failed == []
    assert statistics.of_team("ops", NOW.date()).open[Priority.NORMAL] == 3


@pytest.mark.proves("A6")
def test_the_batch_stops_at_the_first_failure(metrics: Metrics, logger: Logger) -> None:
    # Given five events, of which the third cannot be counted now
    batch = events(5)
    statistics = FailsAt(batch[2].id)
    # When they come in one batch
    failed = processing(statistics, metrics, logger)(records(batch))
    # Then only the third is reported, and nothing after it was begun
    assert failed == ["3"]
    assert statistics.asked == [event.id for event in batch[:3]]


@pytest.mark.proves("A6")
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


@pytest.mark.proves("A3", "A6")
@pytest.mark.parametrize("count", [1, 5])
def test_a_batch_whose_first_record_fails_is_the_functions_failure(
    metrics: Metrics, logger: Logger, count: int
) -> None:
    # Given events of which the first cannot be counted / When they come
    batch = events(count)
    statistics = FailsAt(batch[0].id)
    # Then the invocation fails, which the error alarm counts, and nothing after it was begun
    with pytest.raises(TimeoutError):
        processing(statistics, metrics, logger)(records(batch))
    assert statistics.asked == [batch[0].id]


@pytest.mark.proves("A6")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", {"S": "TicketEaten"}),
        ("schema_version", {"N": "2"}),
        ("ticket_id", {"NULL": True}),
        ("version", {"S": "1"}),
        ("version", {"N": "1.5"}),
        ("version", {"BOOL": True}),
        ("team", {"N": "7"}),
        ("team", {"L": [{"S": "ops"}]}),
        ("before", {"S": ""}),
        ("before", {"M": {}}),
        ("before", {"S": "new"}),
        ("after", {"M": {"status": {"S": "new"}}}),
        ("after", {"S": "new"}),
        ("occurred_at", {"S": "yesterday"}),
        ("occurred_at", {"N": "20260310"}),
        ("actor", {"M": {}}),
        ("correlation_id", {"N": "1"}),
    ],
)
def test_an_unknown_event_is_refused_and_reported(
    metrics: Metrics, logger: Logger, name: str, value: dict[str, Any]
) -> None:
    # Given an event that no retry can make known, between good ones
    first, bad, last = records(events(3))
    bad["dynamodb"]["NewImage"][name] = value
    statistics, notifier = FailsAt("none"), InMemoryNotifier()
    # When they come
    failed = processing(statistics, metrics, logger, notifier)([first, bad, last])
    # Then the bad one is reported, so that it ends in the on-failure queue, and is in the metrics
    assert failed == ["2"]
    assert metrics.metric_set["EventsRefused"]["Value"] == [1.0]
    # And it was neither counted nor announced; the one after it waits its turn
    assert len(statistics.asked) == len(notifier.events) == 1
    assert metrics.metric_set["EventsProcessed"]["Value"] == [1.0]


@pytest.mark.proves("A6")
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


def test_a_clock_that_is_behind_makes_no_negative_lag(metrics: Metrics, logger: Logger) -> None:
    # Given an event that another clock puts ahead of ours / When it comes
    batch = events(1, NOW + timedelta(seconds=1))
    processing(InMemoryStatistics(), metrics, logger)(records(batch))
    # Then it was taken at once
    assert metrics.metric_set["RecordLagMs"]["Value"] == [0.0]
