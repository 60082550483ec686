"""What the processor counts, in which order it takes a batch, and what it stops at."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain.processing import Stage
from tests.service.in_memory import InMemoryEventBus, InMemoryNotifier
from tests.service.processing.world import FailsAt, World, events, records
from tests.service.samples import NOW

STAGES = set(Stage)


@pytest.fixture
def world(metrics: Metrics, logger: Logger) -> World:
    return World(metrics, logger)


def test_every_event_is_counted(world: World) -> None:
    # Given three events / When they come in one batch
    failed = world.process(records(events(3)))
    # Then all are counted and none reported
    assert failed == []
    assert world.open() == 3


@pytest.mark.proves("A6")
def test_the_batch_stops_at_the_first_failure(metrics: Metrics, logger: Logger) -> None:
    # Given five events, of which the third cannot be counted now
    batch = events(5)
    statistics = FailsAt(batch[2].id)
    # When they come in one batch
    failed = World(metrics, logger, statistics=statistics).process(records(batch))
    # Then only the third is reported, and nothing after it was begun
    assert failed == ["3"]
    assert statistics.asked == [event.id for event in batch[:3]]


@pytest.mark.proves("A6")
def test_a_retry_goes_on_where_it_stopped(metrics: Metrics, logger: Logger) -> None:
    # Given a batch that stopped at its third record
    batch = events(5)
    statistics = FailsAt(batch[2].id)
    world = World(metrics, logger, statistics=statistics)
    world.process(records(batch))
    # When Lambda delivers from there, and the failure has passed
    statistics.failing = ""
    failed = world.process(records(batch)[2:])
    # Then every event is counted, once
    assert failed == []
    assert world.open() == 5


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
        World(metrics, logger, statistics=statistics).process(records(batch))
    assert statistics.asked == [batch[0].id]


@pytest.mark.proves("A6")
def test_each_stage_is_marked_as_done(world: World) -> None:
    # Given an event / When it is processed
    event = events(1)[0]
    world.process(records([event]))
    # Then all three stages are marked, whether or not somebody watches
    assert world.progress.done(event.id) == STAGES


@pytest.mark.proves("A6")
def test_what_is_marked_is_not_done_again(world: World) -> None:
    # Given events that were processed
    batch = records(world.watched("ann", by=2))
    world.process(batch)
    # When they come again / Then nobody is told twice, and nothing counted twice
    assert world.process(batch) == []
    assert (len(world.notifier.sent), len(world.event_bus.published), world.open()) == (2, 2, 2)


@pytest.mark.proves("A6")
def test_a_retry_begins_at_the_stage_that_failed(metrics: Metrics, logger: Logger) -> None:
    # Given an event that was counted and told of, but could not be published
    bus = InMemoryEventBus(failing=[events(1)[0].id])
    world = World(metrics, logger, event_bus=bus)
    event = world.watched("ann", by=1)[0]
    with pytest.raises(Exception, match="ThrottlingException"):
        world.process(records([event]))
    assert world.progress.done(event.id) == {Stage.AGGREGATE, Stage.NOTIFY}
    # When it comes again, and the failure has passed
    bus.failing.clear()
    world.process(records([event]))
    # Then only what was left is done
    assert [each.id for each in bus.published] == [event.id]
    assert len(world.notifier.sent) == world.open() == 1


def test_a_stage_that_fails_is_not_marked(metrics: Metrics, logger: Logger) -> None:
    # Given an event that nobody can be told of / When it comes
    notifier = InMemoryNotifier(failing=[events(1)[0].id])
    world = World(metrics, logger, notifier=notifier)
    event = world.watched("ann", by=1)[0]
    with pytest.raises(Exception, match="Throttled"):
        world.process(records([event]))
    # Then the stage is to be done, and the one after it was not begun
    assert world.progress.done(event.id) == {Stage.AGGREGATE}
    assert world.event_bus.published == []


def test_figures_are_written_once_for_a_batch(world: World, metrics: Metrics) -> None:
    # Given three events, two watchers each, of 90 seconds ago
    at = NOW + timedelta(seconds=90)
    late = World(world.metrics, world.logger, clock=lambda: at)
    batch = records(late.watched("ann", "bob", by=3))
    # When they come in one batch, and again
    late.process(batch)
    late.process(batch)
    # Then each metric has its sum of the batch, and a repeat adds to the lag alone
    values = {name: each["Value"] for name, each in metrics.metric_set.items()}
    assert values == {
        "EventsProcessed": [3.0],
        "NotificationsSent": [6.0],
        "RecordLagMs": [90_000.0] * 6,
    }


def test_events_are_counted_by_type_and_failures_by_stage(
    metrics: Metrics, logger: Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given three events, of which nobody can be told of the last
    notifier = InMemoryNotifier(failing=[events(3)[2].id])
    world = World(metrics, logger, notifier=notifier)
    metrics.set_default_dimensions(environment="dev")
    # When they come
    assert world.process(records(world.watched("ann", by=3))) == ["3"]
    # Then a line for each type and each stage says how often, with the metrics' own dimensions
    metrics.clear_default_dimensions()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    common = {"service": "test", "environment": "dev"}
    assert [{key: line[key] for key in line if key != "_aws"} for line in lines] == [
        {**common, "type": "TicketCreated", "EventsByType": [3.0]},
        {**common, "stage": "notify", "StageFailed": [1.0]},
    ]
    described = [line["_aws"]["CloudWatchMetrics"][0] for line in lines]
    assert [set(each["Dimensions"][0]) for each in described] == [
        {"service", "environment", "type"},
        {"service", "environment", "stage"},
    ]
    assert {each["Namespace"] for each in described} == {"Test"}


def test_figures_are_written_where_the_function_fails(metrics: Metrics, logger: Logger) -> None:
    # Given a batch whose first event cannot be published / When it comes
    bus = InMemoryEventBus(failing=[events(1)[0].id])
    with pytest.raises(Exception, match="Throttling"):
        World(metrics, logger, event_bus=bus).process(records(events(2)))
    # Then it is known all the same that it was counted
    assert metrics.metric_set["EventsProcessed"]["Value"] == [1.0]


def test_a_clock_that_is_behind_makes_no_negative_lag(world: World, metrics: Metrics) -> None:
    # Given an event that another clock puts ahead of ours / When it comes
    world.process(records(events(1, NOW + timedelta(seconds=1))))
    # Then it was taken at once
    assert metrics.metric_set["RecordLagMs"]["Value"] == [0.0]


@pytest.mark.proves("A1")
def test_the_correlation_id_is_in_the_events_lines_and_in_no_other(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given events of two requests, then a record that holds none
    logger = Logger(service="test-correlation", stream=sys.stdout)
    first, second, third = records(events(3))
    second["dynamodb"]["NewImage"]["correlation_id"] = {"S": "c-2"}
    del third["dynamodb"]["NewImage"]
    # When they come, and something is logged after them
    World(metrics, logger).process([first, second, third])
    logger.info("afterwards")
    # Then each line has the id of its own request, and the others none
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    said = [(each["message"], each.get("correlation_id")) for each in lines if "message" in each]
    assert said == [
        ("event taken", "c-1"),
        ("event taken", "c-2"),
        ("record parked", None),
        ("afterwards", None),
    ]


def test_the_correlation_id_is_gone_after_a_failure(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an event that fails / When it has
    logger = Logger(service="test-correlation-failed", stream=sys.stdout)
    world = World(metrics, logger, statistics=FailsAt(events(1)[0].id))
    with pytest.raises(TimeoutError):
        world.process(records(events(1)))
    logger.info("afterwards")
    # Then its own line has the id, says which stage and why, and the next line has no id
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "level" in line]
    failed, afterwards = lines[-2], lines[-1]
    assert (failed["message"], failed["stage"], failed["code"]) == (
        "stage failed",
        "aggregate",
        "TimeoutError",
    )
    assert failed["correlation_id"] == "c-1"
    assert "no answer" in failed["exception"]
    assert "correlation_id" not in afterwards
