from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import process_partial_response
from ordered_batch import OrderedBatchProcessor
from stages import Stages

from desk.domain.errors import NotNotifiedError
from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Priority
from desk.ports import Notifier
from desk.store.statistics import DynamoStatistics
from tests.service import tables
from tests.service.in_memory import InMemoryNotifier, InMemoryStatistics
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


class Silenced(InMemoryNotifier):
    """A notifier that cannot announce one event."""

    def __init__(self, event_id: str) -> None:
        super().__init__()
        self.failing: str | None = event_id

    def notify(self, event: Event) -> None:
        if event.id == self.failing:
            raise NotNotifiedError(event.id, "Throttled")
        super().notify(event)


def processing(
    statistics: Any, metrics: Metrics, logger: Logger, notifier: Notifier | None = None
) -> Process:
    """A processor over these: takes records, answers the reported sequence numbers."""
    stages = Stages(statistics, notifier or InMemoryNotifier(), metrics, logger, lambda: NOW)
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


@pytest.mark.proves("A6")
def test_a_batch_of_one_that_fails_is_reported(metrics: Metrics, logger: Logger) -> None:
    # Given a single event that fails / When it comes alone
    batch = events(1)
    failed = processing(FailsAt(batch[0].id), metrics, logger)(records(batch))
    # Then it is reported like any other, not raised
    assert failed == ["1"]


@pytest.mark.proves("A6")
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


@pytest.mark.proves("D5")
def test_every_event_is_announced(metrics: Metrics, logger: Logger) -> None:
    # Given three events / When they come in one batch
    batch, notifier = events(3), InMemoryNotifier()
    processing(InMemoryStatistics(), metrics, logger, notifier)(records(batch))
    # Then each is announced, in their order, and the metric says how many
    assert notifier.events == batch
    assert metrics.metric_set["NotificationsSent"]["Value"] == [1.0, 1.0, 1.0]


def test_what_cannot_be_announced_stops_the_batch(metrics: Metrics, logger: Logger) -> None:
    # Given three events, of which the second cannot be announced now
    batch = events(3)
    statistics, notifier = InMemoryStatistics(), Silenced(batch[1].id)
    # When they come in one batch
    failed = processing(statistics, metrics, logger, notifier)(records(batch))
    # Then it is reported, what is before it is announced, and what is after it not begun
    assert failed == ["2"]
    assert notifier.events == batch[:1]
    assert statistics.of_team("ops", NOW.date()).open[Priority.NORMAL] == 2


@pytest.mark.proves("D5")
def test_a_retry_announces_without_counting_again(metrics: Metrics, logger: Logger) -> None:
    # Given an event that was counted, but could not be announced
    batch = events(1)
    statistics, notifier = InMemoryStatistics(), Silenced(batch[0].id)
    process = processing(statistics, metrics, logger, notifier)
    process(records(batch))
    # When it comes again, and the failure has passed
    notifier.failing = None
    failed = process(records(batch))
    # Then it is announced, and still counted once
    assert failed == []
    assert notifier.events == batch
    assert statistics.of_team("ops", NOW.date()).open[Priority.NORMAL] == 1


def test_what_could_not_be_counted_is_not_announced(metrics: Metrics, logger: Logger) -> None:
    # Given an event that cannot be counted now / When it comes
    batch, notifier = events(1), InMemoryNotifier()
    processing(FailsAt(batch[0].id), metrics, logger, notifier)(records(batch))
    # Then nobody is told of what the counters do not know
    assert notifier.events == []


@pytest.mark.proves("D5")
def test_the_smoke_tests_events_are_counted_but_not_announced(
    metrics: Metrics, logger: Logger
) -> None:
    # Given an event of the team that the smoke test made up / When it comes
    team = "smoke-0123456789ab"
    event = of_change(EventType.CREATED, None, ticket(team=team))
    statistics, notifier = InMemoryStatistics(), InMemoryNotifier()
    failed = processing(statistics, metrics, logger, notifier)(records([event]))
    # Then the counters show that the stream works, and nobody is told
    assert failed == []
    assert statistics.of_team(team, NOW.date()).open[Priority.NORMAL] == 1
    assert notifier.events == []
    assert "NotificationsSent" not in metrics.metric_set


def test_a_failed_announcement_is_logged_by_its_code(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an event that cannot be announced / When it comes
    batch = events(1)
    logger = Logger(service="test-announcing", stream=sys.stdout)
    process = processing(InMemoryStatistics(), metrics, logger, Silenced(batch[0].id))
    process(records(batch))
    # Then the log names the event and the code
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["message"], line["event_id"], line["code"], line["correlation_id"]) == (
        "event not announced",
        batch[0].id,
        "Throttled",
        "c-1",
    )
