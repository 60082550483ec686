"""What becomes of records that can never be processed."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, date, datetime
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain.errors import PermanentEventError
from tests.service.in_memory import InMemoryEventBus
from tests.service.processing.world import World, events, records
from tests.service.samples import NOW, ticket

SECRET = "written-by-a-customer"


@pytest.fixture
def world(metrics: Metrics, logger: Logger) -> World:
    return World(metrics, logger)


class OutOfOrder:
    """Objects and quarantine that do not answer."""

    def put(self, *_: Any) -> None:
        raise TimeoutError("no answer")

    add = put


def poison() -> dict[str, Any]:
    """A record, the second of three, whose event has an unknown type."""
    bad = records(events(3))[1]
    bad["dynamodb"]["NewImage"]["type"] = {"S": SECRET}
    return bad


@pytest.mark.proves("A6", "S3")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", {"S": "TicketEaten"}),
        ("type", {"L": []}),
        ("schema_version", {"N": "2"}),
        ("ticket_id", {"NULL": True}),
        ("version", {"S": "1"}),
        ("version", {"N": "1.5"}),
        ("version", {"BOOL": True}),
        ("before", {"S": ""}),
        ("before", {"M": {}}),
        ("before", {"S": "new"}),
        ("after", {"M": {"status": {"S": "new"}}}),
        ("after", {"S": "new"}),
        ("occurred_at", {"S": "yesterday"}),
        ("occurred_at", {"N": "20260310"}),
        ("actor", {"M": {}}),
        ("correlation_id", {"N": "1"}),
        # what the store's own types cannot even be read from
        ("version", {"N": "one"}),
        ("version", {"N": "Infinity"}),
        ("actor", {"B": "bm8gYnl0ZXM="}),
        ("actor", {"X": "an unknown type"}),
        ("actor", {}),
        ("actor", "no type at all"),
    ],
)
def test_a_record_that_holds_no_known_event_is_parked(
    world: World, metrics: Metrics, name: str, value: Any
) -> None:
    # Given an event that no retry can make known, between good ones
    batch = records(events(3))
    batch[1]["dynamodb"]["NewImage"][name] = value
    # When they come
    failed = world.process(batch)
    # Then nothing is reported, and the good ones are counted: the shard is not held up
    assert failed == []
    assert world.open() == 2
    # And the whole record is kept, with a pointer to it
    parked = world.quarantine.records[0]
    assert json.loads(world.objects.objects[parked.object_key]) == batch[1]
    assert metrics.metric_set["RecordsQuarantined"]["Value"] == [1.0]


@pytest.mark.proves("A6")
@pytest.mark.parametrize(
    "image", [None, {}, [], "an image", {"type": {"S": "TicketCreated"}}, {"a": {"L": "x"}}]
)
def test_a_record_without_an_events_image_is_parked(world: World, image: Any) -> None:
    # Given a record with something else for its image, or without one / When it comes
    bad = records(events(1))[0]
    bad["dynamodb"]["NewImage"] = image
    if image is None:
        del bad["dynamodb"]["NewImage"]
    assert world.process([bad]) == []
    # Then it is parked
    assert [each.sequence_number for each in world.quarantine.records] == ["1"]


@pytest.mark.proves("S3")
def test_the_pointer_says_what_it_is_and_where(world: World) -> None:
    # Given a record that is refused / When it comes
    world.process([poison()])
    # Then day and key are of the record, so that a replay writes the same place
    parked = world.quarantine.records[0]
    assert (parked.day, parked.sequence_number) == (NOW.date(), "2")
    assert parked.object_key == "quarantine/2026-03-10/2.json"
    assert parked.item_key == {"pk": f"TICKET#{ticket(2).id}", "sk": "EVENT#0000000001"}


def test_what_is_never_taken_outside_is_parked_and_goes_on_where_it_was(
    metrics: Metrics, logger: Logger
) -> None:
    # Given three events, of which the bus takes the second for malformed
    world = World(metrics, logger, event_bus=InMemoryEventBus(refusing=[events(2)[1].id]))
    batch = world.watched("ann")
    # When they come / Then it is parked whole, and does not hold up the others
    assert world.process(records(batch)) == []
    assert [each.reason for each in world.quarantine.records] == [
        f"event {batch[1].id} is never taken: MalformedDetail"
    ]
    assert world.event_bus.published == [batch[0], batch[2]]
    # When it comes again, and the bus takes it / Then nothing but what was left is done
    world.event_bus.refusing.clear()
    assert world.process([json.loads(*world.objects.objects.values())]) == []
    assert world.event_bus.published[2:] == [batch[1]]
    assert [each.event for each in world.notifier.sent] == batch
    assert world.open() == 3


@pytest.mark.proves("S3")
def test_a_replay_parks_the_same_once(world: World) -> None:
    # Given a record that was parked
    world.process([poison()])
    before = dict(world.objects.objects)
    # When it comes again / Then nothing is added
    world.process([poison()])
    assert (world.objects.objects, len(world.quarantine.records)) == (before, 1)


@pytest.mark.parametrize(
    ("created", "day"),
    [
        (datetime(2026, 3, 10, 23, 59, 59, tzinfo=UTC).timestamp(), date(2026, 3, 10)),
        (datetime(2026, 3, 11, tzinfo=UTC).timestamp(), date(2026, 3, 11)),
        (1773100800, date(2026, 3, 10)),
        (None, date(2000, 1, 1)),
        ("yesterday", date(2000, 1, 1)),
        (float("nan"), date(2000, 1, 1)),
        (-1, date(2000, 1, 1)),
        (1e300, date(2000, 1, 1)),
    ],
)
def test_the_day_is_the_records_own(world: World, created: Any, day: date) -> None:
    # Given a record that came into the stream then, or that does not say when / When it comes
    bad = poison()
    bad["dynamodb"]["ApproximateCreationDateTime"] = created
    world.process([bad])
    # Then the day is that of the record in UTC, or else one that never changes
    assert world.quarantine.records[0].day == day


def test_a_record_without_keys_is_parked_all_the_same(world: World) -> None:
    # Given a record that does not say which item it is about / When it comes
    bad = poison()
    bad["dynamodb"]["Keys"] = {"pk": {"N": "1"}}
    world.process([bad])
    # Then it is parked
    assert world.quarantine.records[0].item_key == {"pk": "", "sk": ""}


@pytest.mark.parametrize(
    "bad", [None, "a record", [], {}, {"dynamodb": "x"}, {"dynamodb": {"SequenceNumber": 7}}]
)
@pytest.mark.parametrize("before", [0, 1])
def test_a_record_without_a_number_is_the_functions_failure(
    world: World, bad: Any, before: int
) -> None:
    # Given something that can neither be parked nor reported, first or after a good record
    batch = [*records(events(before)), bad]
    # When it comes / Then the function fails, and nothing is dropped silently
    with pytest.raises(PermanentEventError, match="without a sequence number"):
        world.process(batch)
    assert world.open() == before


@pytest.mark.parametrize("broken", ["objects", "quarantine"])
def test_what_cannot_be_parked_now_comes_again(
    metrics: Metrics, logger: Logger, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a good record and one that is refused, and one of the two stores is out of order
    world = World(metrics, logger, **{broken: OutOfOrder()})
    batch = [records(events(1))[0], poison()]
    # When they come / Then the refused one is reported, so that it comes again
    assert world.process(batch) == ["2"]
    assert "RecordsQuarantined" not in metrics.metric_set
    assert '"stage":"quarantine","StageFailed":[1.0]' in capsys.readouterr().out


def test_the_object_is_there_before_the_pointer(metrics: Metrics, logger: Logger) -> None:
    # Given stores that say in which order they are asked
    asked: list[str] = []

    class Objects:
        def put(self, key: str, document: str) -> None:
            asked.append("object")

    class Quarantine:
        def add(self, *_: Any) -> None:
            asked.append("pointer")

    # When a record is parked / Then no pointer ever leads nowhere
    World(metrics, logger, objects=Objects(), quarantine=Quarantine()).process([poison()])
    assert asked == ["object", "pointer"]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("type", {"S": SECRET}, "type is none that is known"),
        ("schema_version", {"S": SECRET}, "schema_version is str, where int is meant"),
        ("version", {"S": SECRET}, "version is str, where int is meant"),
        ("occurred_at", {"S": SECRET}, "occurred_at"),
        ("correlation_id", {"NULL": True}, "correlation_id is NoneType, where str is meant"),
        ("actor", {"B": SECRET}, "TypeError"),
        ("after", {"M": {"team": {"S": SECRET}}}, "status is NoneType, where str is meant"),
    ],
)
def test_neither_reason_nor_log_quotes_what_was_written(
    metrics: Metrics,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: dict[str, Any],
    reason: str,
) -> None:
    # Given a record that is refused for what somebody wrote / When it comes
    bad = records(events(1))[0]
    bad["dynamodb"]["NewImage"][name] = value
    world = World(metrics, Logger(service=f"test-quoting-{name}", stream=sys.stdout))
    world.process([bad])
    # Then the reason names the field, and does not say what stands in it
    assert reason in world.quarantine.records[0].reason
    assert SECRET not in world.quarantine.records[0].reason
    assert SECRET not in capsys.readouterr().out


def test_what_is_logged_of_a_failed_parking_quotes_nothing(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a bucket that is out of order / When a record is refused
    logger = Logger(service="test-parking", stream=sys.stdout)
    with pytest.raises(TimeoutError):
        World(metrics, logger, objects=OutOfOrder()).process([poison()])
    # Then the log says what failed, with its trace, and not what stands in the record
    said = capsys.readouterr().out
    assert "record not parked" in said
    assert "no answer" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("occurred_at", {"S": SECRET}),
        ("type", {"S": SECRET}),
        ("after", {"M": {"priority": {"S": SECRET}}}),
    ],
)
@pytest.mark.parametrize("broken", ["objects", "quarantine"])
def test_a_failed_parking_drags_no_refusal_along(
    metrics: Metrics,
    capsys: pytest.CaptureFixture[str],
    broken: str,
    name: str,
    value: dict[str, Any],
) -> None:
    # Given a store out of order, and a record refused for a reason whose cause quotes it
    bad = records(events(1))[0]
    bad["dynamodb"]["NewImage"][name] = value
    logger = Logger(service=f"test-dragging-{broken}-{name}", stream=sys.stdout)
    # When it comes / Then neither the log nor what Lambda's runtime writes down quotes it
    with pytest.raises(TimeoutError) as raised:
        World(metrics, logger, **{broken: OutOfOrder()}).process([bad])
    said = capsys.readouterr().out
    assert "record not parked" in said
    assert SECRET not in said
    assert SECRET not in "".join(traceback.format_exception(raised.value))
