"""What the processor announces, to whom, and when."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain.errors import UndeliveredError
from desk.domain.event import EventType, of_change
from desk.domain.processing import Stage
from tests.service.in_memory import InMemoryNotifier, InMemoryProgress
from tests.service.processing.world import FailsAt, World, events, records
from tests.service.samples import cause, ticket

SMOKE = "smoke-0123456789ab"


@pytest.fixture
def world(metrics: Metrics, logger: Logger) -> World:
    return World(metrics, logger)


@pytest.mark.proves("D5")
def test_each_watcher_is_told_of_each_event(world: World, metrics: Metrics) -> None:
    # Given three tickets with two watchers / When their events come in one batch
    batch = world.watched("ann", "bob")
    world.process(records(batch))
    # Then each watcher is told of each, in their order, and the metric says how many were
    told = [(each.event, each.watcher) for each in world.notifier.sent]
    assert told == [(event, user) for event in batch for user in ("ann", "bob")]
    assert metrics.metric_set["NotificationsSent"]["Value"] == [6.0]


@pytest.mark.proves("A7")
def test_each_event_is_published(world: World) -> None:
    # Given three events / When they come in one batch
    batch = events(3)
    world.process(records(batch))
    # Then each is on the bus, in their order, whether or not somebody watches
    assert world.event_bus.published == batch


def test_where_nobody_watches_nothing_is_sent(world: World, metrics: Metrics) -> None:
    # Given a ticket that nobody watches / When its event comes
    world.process(records(world.watched(by=1)))
    # Then nothing is sent, and the stage is done
    assert world.notifier.sent == []
    assert "NotificationsSent" not in metrics.metric_set


@pytest.mark.proves("D5")
def test_what_cannot_be_announced_stops_the_batch(metrics: Metrics, logger: Logger) -> None:
    # Given three events, of which the second cannot be announced now
    world = World(metrics, logger, notifier=InMemoryNotifier(failing=[events(3)[1].id]))
    batch = world.watched("ann")
    # When they come in one batch
    failed = world.process(records(batch))
    # Then it is reported, what is before it is announced, and what is after it not begun
    assert failed == ["2"]
    assert [each.event for each in world.notifier.sent] == batch[:1]
    assert world.open() == 2


@pytest.mark.proves("D5")
def test_a_retry_announces_without_counting_again(metrics: Metrics, logger: Logger) -> None:
    # Given an event that was counted, but could not be announced
    world = World(metrics, logger, notifier=InMemoryNotifier(failing=[events(1)[0].id]))
    batch = world.watched("ann", by=1)
    with pytest.raises(UndeliveredError):
        world.process(records(batch))
    # When it comes again, and the failure has passed
    world.notifier.failing.clear()
    failed = world.process(records(batch))
    # Then it is announced, and still counted once
    assert failed == []
    assert [each.event for each in world.notifier.sent] == batch
    assert world.open() == 1
    assert metrics.metric_set["EventsProcessed"]["Value"] == [1.0]


def test_what_could_not_be_counted_is_not_announced(metrics: Metrics, logger: Logger) -> None:
    # Given an event that cannot be counted now / When it comes
    world = World(metrics, logger, statistics=FailsAt(events(1)[0].id))
    with pytest.raises(TimeoutError):
        world.process(records(world.watched("ann", by=1)))
    # Then nobody is told of what the counters do not know
    assert (world.notifier.sent, world.event_bus.published) == ([], [])


@pytest.mark.proves("D5")
def test_the_smoke_tests_events_are_counted_but_told_to_nobody(
    world: World, metrics: Metrics
) -> None:
    # Given an event of the team that the smoke test made up, watched / When it comes
    made = ticket(team=SMOKE)
    event = of_change(EventType.CREATED, None, made)
    world.tickets.add(made, event)
    world.watchers.add(made.id, "ann", cause())
    failed = world.process(records([event]))
    # Then the counters show that the stream works, and neither people nor systems hear of it
    assert failed == []
    assert world.open(SMOKE) == 1
    assert (world.notifier.sent, world.event_bus.published) == ([], [])
    # And the last stage is marked: whoever waits for an event to be through can tell
    assert world.progress.done(event.id) == {Stage.AGGREGATE, Stage.INTEGRATE}
    assert "NotificationsSent" not in metrics.metric_set


@pytest.mark.parametrize(
    ("team", "marked"), [("ops", list(Stage)), (SMOKE, [Stage.AGGREGATE, Stage.INTEGRATE])]
)
def test_each_stage_is_marked_once(
    metrics: Metrics, logger: Logger, team: str, marked: list[Stage]
) -> None:
    # Given an event of people, or of a smoke test / When it comes, and comes again
    asked: list[Stage] = []

    class Watched(InMemoryProgress):
        def mark(self, event_id: str, stage: Stage, now: datetime) -> None:
            asked.append(stage)
            super().mark(event_id, stage, now)

    event = of_change(EventType.CREATED, None, ticket(team=team))
    world = World(metrics, logger, progress=Watched())
    for _ in range(2):
        world.process(records([event]))
    # Then each mark was written once, and for people's events none that need not be
    assert asked == marked


def test_a_failed_announcement_is_logged_by_its_code(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an event that cannot be announced / When it comes
    logger = Logger(service="test-announcing", stream=sys.stdout)
    world = World(metrics, logger, notifier=InMemoryNotifier(failing=[events(1)[0].id]))
    with pytest.raises(UndeliveredError):
        world.process(records(world.watched("ann", by=1)))
    # Then the log names event, stage and code, and the trace is left out: it would say no more
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    line = next(each for each in lines if each.get("message") == "stage failed")
    assert (line["level"], line["event_id"], line["stage"], line["code"]) == (
        "WARNING",
        events(1)[0].id,
        "notify",
        "Throttled",
    )
    assert line["correlation_id"] == "c-1"
    assert "exception" not in line
