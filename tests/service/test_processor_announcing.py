"""What the processor announces, and when."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain.errors import NotNotifiedError
from desk.domain.event import EventType, of_change
from desk.domain.ticket import Priority
from tests.service.in_memory import InMemoryNotifier, InMemoryStatistics
from tests.service.processing import FailsAt, Silenced, events, processing, records
from tests.service.samples import NOW, ticket


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
    # Given an event of 90 seconds ago that was counted, but could not be announced
    batch = events(1, NOW - timedelta(seconds=90))
    statistics, notifier = InMemoryStatistics(), Silenced(batch[0].id)
    process = processing(statistics, metrics, logger, notifier)
    with pytest.raises(NotNotifiedError):
        process(records(batch))
    # When it comes again, and the failure has passed
    notifier.failing = None
    failed = process(records(batch))
    # Then it is announced, and still counted once
    assert failed == []
    assert notifier.events == batch
    assert statistics.of_team("ops", NOW.date()).open[Priority.NORMAL] == 1
    assert metrics.metric_set["EventsProcessed"]["Value"] == [1.0]
    # And how late it was taken is told both times
    lag = metrics.metric_set["RecordLagMs"]
    assert (lag["Unit"], lag["Value"]) == ("Milliseconds", [90_000.0] * 2)


def test_what_could_not_be_counted_is_not_announced(metrics: Metrics, logger: Logger) -> None:
    # Given an event that cannot be counted now / When it comes
    batch, notifier = events(1), InMemoryNotifier()
    with pytest.raises(TimeoutError):
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
    with pytest.raises(NotNotifiedError):
        process(records(batch))
    # Then the log names the event and the code
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["message"], line["event_id"], line["code"], line["correlation_id"]) == (
        "event not announced",
        batch[0].id,
        "Throttled",
        "c-1",
    )
