"""A replay: what is taken goes, everything else stays, however the run ends. On moto."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from codegen.errors import BatonError
from pipeline.adapters import queue as queue_adapter
from pipeline.adapters.invocation import Answer
from pipeline.adapters.queue import Queue
from pipeline.adapters.streams import Streams
from pipeline.redrive.dead_letters import GivenUpBatches, MissedEvents
from pipeline.redrive.entries import Result
from pipeline.redrive.quarantine import Names, Quarantine
from pipeline.redrive.redriving import Waiting, discard, rehearse, replay, waiting
from pipeline.redrive.sources import Call, Source
from pipeline.runs.console import Progress
from tests.pipeline.builders import environment
from tests.pipeline.redriving import (
    BUCKET,
    PROCESSOR,
    QUEUE,
    TABLE,
    TODAY,
    Processor,
    domain_event,
    make_quarantine,
    number,
    on_failure,
    park,
    stream_record,
    tick,
)

DEV = environment("dev")
SCHEDULED = "arn:aws:lambda:us-east-1:111111111111:function:desk-dev-scheduled:live"
INBOX = "https://sqs.us-east-1.amazonaws.com/111111111111/desk-dev-event-inbox"
QUIET = Progress("", quiet=True)


class World:
    """A quarantine, a stream and two queues, with a processor that takes what it is given."""

    def __init__(self, session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session, self.monkeypatch = session, monkeypatch
        self.processor = Processor(session)
        self.in_stream: dict[str, list[dict[str, Any]]] = {}  # first sequence number → records
        make_quarantine(session)
        sqs = session.client("sqs")
        self.urls = {
            name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in (QUEUE, "schedule-dlq")
        }

    def give_up(self, *records: dict[str, Any]) -> None:
        """Have the records in the stream, and a message that they were given up."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        self.in_stream[numbers[0]] = list(records)
        body = on_failure(
            startSequenceNumber=numbers[0], endSequenceNumber=numbers[-1], batchSize=len(records)
        )
        self.send(QUEUE, body)

    def send(self, queue: str, body: Any) -> None:
        self.session.client("sqs").send_message(
            QueueUrl=self.urls[queue], MessageBody=json.dumps(body)
        )

    @property
    def sources(self) -> dict[str, Source]:
        streams = Streams(self.session, DEV)
        read = lambda stream, shard, first, last: self.in_stream[first]  # noqa: E731
        self.monkeypatch.setattr(streams, "read", read)
        names = Names(TABLE, BUCKET, PROCESSOR)
        return {
            "quarantine": Quarantine(self.session, DEV, names, 14, TODAY),
            "stream": GivenUpBatches(Queue(self.session, DEV, QUEUE), PROCESSOR, streams),
            "schedule": MissedEvents(Queue(self.session, DEV, "schedule-dlq"), SCHEDULED, INBOX),
        }

    def replay(self, call: Call | None = None) -> list[tuple[str, str, str]]:
        with waiting(self.sources, 600) as found:
            return told(replay(found, found.entries, call or self.processor, QUIET))

    def left(self) -> list[str]:
        """What a list says afterwards: the sources of what waits."""
        with waiting(self.sources, 600) as found:
            return [entry.source for entry in found.entries]


def told(results: list[Result]) -> list[tuple[str, str, str]]:
    return [(result.source, result.outcome, result.detail) for result in results]


@pytest.fixture
def world(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> World:
    # moto answers from one place: there is nothing to wait for
    monkeypatch.setattr(queue_adapter, "WAIT_S", 0)
    return World(session, monkeypatch)


def test_what_the_processor_takes_is_taken_out_in_the_streams_order(world: World) -> None:
    # Given a batch that was given up between two records that were parked
    park(world.session, stream_record(4, 400))
    world.give_up(stream_record(2, 200), stream_record(3, 300))
    park(world.session, stream_record(1, 100))

    # When
    results = world.replay()

    # Then
    assert results == [
        ("quarantine", "done", "1 record taken"),
        ("stream", "done", "2 records taken"),
        ("quarantine", "done", "1 record taken"),
    ]
    assert world.processor.batches == [[number(100)], [number(200), number(300)], [number(400)]]
    assert world.left() == []


def test_what_the_mappings_filter_keeps_back_is_not_sent(world: World) -> None:
    # Given a batch whose range in the stream has a change of a ticket in it too
    change = stream_record(1, 150, eventName="MODIFY")
    world.give_up(stream_record(1, 100), change, stream_record(2, 200))

    world.replay()

    assert world.processor.batches == [[number(100), number(200)]]


def test_a_record_that_is_refused_again_stays_and_the_next_one_follows(world: World) -> None:
    # Given two parked records of which the processor still does not understand one
    park(world.session, stream_record(1, 100))
    park(world.session, stream_record(2, 200))
    world.processor.refuses = {number(100)}

    # When
    results = world.replay()

    # Then that one is parked as before
    refused = "the processor has refused it again: it is parked as before"
    assert [outcome for _, outcome, _ in results] == ["failed", "done"]
    assert results[0][2] == refused
    with waiting(world.sources, 600) as found:
        assert [entry.id for entry in found.entries] == [f"{TODAY}/{number(100)}"]
        assert found.source(found.entries[0]).show(found.entries[0]) == stream_record(1, 100)


def test_a_record_that_was_taken_before_is_only_taken_out(world: World) -> None:
    # Given a run that died after the processor had taken a record
    park(world.session, stream_record(1, 100))
    world.processor(PROCESSOR, {"Records": [stream_record(1, 100)]})
    world.processor.batches.clear()

    # When, Then
    assert world.replay() == [("quarantine", "done", "the processor had taken it already")]
    assert world.processor.batches == []
    assert world.left() == []


def test_a_batch_that_is_taken_in_part_stays_whole(world: World) -> None:
    world.give_up(stream_record(1, 100), stream_record(2, 200), stream_record(3, 300))
    world.processor.fails = {number(200)}

    ((_, outcome, detail),) = world.replay()

    assert outcome == "failed"
    assert detail.startswith("1 of 3 records were taken, but not the one with the sequence number")
    assert world.left() == ["stream"]


def test_a_function_that_fails_keeps_only_its_own_entry(world: World) -> None:
    world.give_up(stream_record(1, 100))
    world.give_up(stream_record(2, 200))
    world.processor.fails = {number(100)}

    failed, done = world.replay()

    assert failed[1:] == (
        "failed",
        "the processor failed: UndeliveredError: the topic said InternalError",
    )
    assert done[1] == "done"
    assert world.left() == ["stream"]


@pytest.mark.parametrize(
    ("ending", "raised"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (BatonError("the token has expired"), BatonError)],
)
def test_a_run_that_is_broken_off_leaves_the_rest_replayable(
    ending: BaseException, raised: type[BaseException], world: World
) -> None:
    # Given three entries, When the run ends at the second
    for place in (100, 200, 300):
        world.give_up(stream_record(place, place))

    def broken(function: str, event: Any) -> Answer:
        if event["Records"][0]["dynamodb"]["SequenceNumber"] == number(200):
            raise ending
        return world.processor(function, event)

    with pytest.raises(raised):
        world.replay(broken)

    # Then the other two are there at once, and go with the next run
    assert world.left() == ["stream", "stream"]
    assert [outcome for _, outcome, _ in world.replay()] == ["done", "done"]
    assert world.left() == []


def test_an_interruption_between_taken_and_taken_out_does_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a parked record, and Ctrl-C when the processor has just taken it
    park(world.session, stream_record(1, 100))

    def interrupted(function: str, event: Any) -> Answer:
        world.processor(function, event)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.replay(interrupted)

    # When it is run again, Then the processor is not asked again
    assert [detail for *_, detail in world.replay()] == ["the processor had taken it already"]
    assert len(world.processor.batches) == 1


def test_a_missed_event_goes_to_the_scheduled_function_as_it_was(world: World) -> None:
    world.send("schedule-dlq", tick())
    calls: list[tuple[str, Any]] = []

    def scheduled(function: str, event: Any) -> Answer:
        calls.append((function, event))
        return Answer({"escalated": 3})

    assert world.replay(scheduled) == [("schedule", "done", '1 event taken: {"escalated": 3}')]
    assert calls == [(SCHEDULED, tick())]
    assert world.left() == []


def test_an_event_that_did_not_reach_the_inbox_goes_there_and_nowhere_else(world: World) -> None:
    # Given a domain event, and a scheduled one that fails again
    world.send("schedule-dlq", domain_event())
    world.send("schedule-dlq", tick())
    calls: list[tuple[str, Any]] = []

    def taken(taker: str, sent: Any) -> Answer:
        calls.append((taker, sent))
        return Answer() if taker == INBOX else Answer(error="KeyError: 'x'")

    # When / Then the one is put into the inbox to the letter, and taken out; the other stays
    assert ("domain-event", "done", "1 event put into the inbox") in world.replay(taken)
    assert sorted(calls) == [(SCHEDULED, tick()), (INBOX, json.dumps(domain_event()))]
    assert world.left() == ["schedule"]


def test_an_event_that_the_inbox_does_not_take_stays(world: World) -> None:
    world.send("schedule-dlq", domain_event())

    def refused(taker: str, sent: Any) -> Answer:
        raise BatonError("the queue is not there")

    with pytest.raises(BatonError):
        world.replay(refused)
    assert world.left() == ["domain-event"]


def test_a_rehearsal_says_that_an_event_would_go_to_the_inbox(world: World) -> None:
    # Given an event that has a word in it which a batch of records has, too
    world.send("schedule-dlq", domain_event(detail={"Records": 3}))

    with waiting(world.sources, 600) as found:
        assert told(rehearse(found, found.entries, QUIET)) == [
            ("domain-event", "done", f"would go to {INBOX}, 1 in all")
        ]
    assert world.left() == ["domain-event"]


def test_a_strange_message_is_sent_to_nobody_and_can_be_discarded(world: World) -> None:
    world.send("schedule-dlq", {"source": "desk.prod"})
    world.send(QUEUE, "what is this")

    results = world.replay(lambda *_: pytest.fail("nothing should be called"))

    assert [outcome for _, outcome, _ in results] == ["failed", "failed"]
    with waiting(world.sources, 600) as found:
        assert told(discard(found, found.entries[:1], dry_run=True, progress=QUIET)) == [
            ("unknown", "done", "would be discarded")
        ]
        discard(found, found.entries[:1], dry_run=False, progress=QUIET)
    assert world.left() == ["unknown"]


def test_a_parked_record_that_is_discarded_goes_unprocessed(world: World) -> None:
    park(world.session, stream_record())

    with waiting(world.sources, 600) as found:
        results = discard(found, found.entries, dry_run=False, progress=QUIET)

    assert told(results) == [("quarantine", "done", "discarded")]
    assert world.left() == []
    assert world.processor.batches == []


def test_a_rehearsal_says_what_would_happen_and_changes_nothing(world: World) -> None:
    # Given a batch, and a parked record whose object is gone
    park(world.session, stream_record(1, 100))
    world.session.client("s3").delete_object(
        Bucket=BUCKET, Key=f"quarantine/{TODAY}/{number(100)}.json"
    )
    world.give_up(stream_record(2, 200), stream_record(3, 300))

    # When
    with waiting(world.sources, 600) as found:
        gone, batch = told(rehearse(found, found.entries, QUIET))

    # Then
    assert gone[1] == "failed"
    assert "is not there any more" in gone[2]
    assert batch == ("stream", "done", f"would go to {PROCESSOR}, 2 in all")
    assert world.left() == ["quarantine", "stream"]
    assert world.processor.batches == []


def test_a_message_that_was_held_for_too_long_is_somebody_elses(world: World) -> None:
    # Given a message that somebody else has taken out while a person was asked
    world.give_up(stream_record())

    def taken_meanwhile(found: Waiting) -> None:
        (entry,) = found.entries
        receipt = entry.message.receipt  # type: ignore[attr-defined]
        sqs = world.session.client("sqs")
        sqs.delete_message(QueueUrl=world.urls[QUEUE], ReceiptHandle=receipt)

    with waiting(world.sources, 600) as found:
        taken_meanwhile(found)
        ((_, outcome, detail),) = told(replay(found, found.entries, world.processor, QUIET))

    assert (outcome, detail) == ("failed", "somebody else may have it by now: list what is left")
    assert world.processor.batches == []


def test_what_is_not_chosen_is_given_back_at_once(world: World) -> None:
    for place in (100, 200):
        world.give_up(stream_record(place, place))

    with waiting(world.sources, 600) as found:
        found.keep(found.entries[:1])
        with waiting(world.sources, 600) as other:
            assert [entry.id for entry in other.entries] == [found.entries[1].id]
            assert other.others == 1
