"""Where redrive reads from and takes out of: table, bucket and queues, on moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from codegen.errors import BatonError
from pipeline.adapters import queue as queue_adapter
from pipeline.adapters.invocation import Answer, Functions
from pipeline.adapters.queue import Queue
from pipeline.adapters.streams import NotInStreamError, Streams
from pipeline.application_keys import UNDATED
from pipeline.redrive.dead_letters import GivenUpBatches, MissedEvents
from pipeline.redrive.entries import NotTakenError
from pipeline.redrive.inbox import Inbox
from pipeline.redrive.quarantine import Names, Quarantine
from tests.pipeline.builders import environment
from tests.pipeline.redriving import (
    BUCKET,
    PROCESSOR,
    QUEUE,
    STREAM,
    TABLE,
    TODAY,
    make_quarantine,
    number,
    on_failure,
    park,
    stream_record,
    tick,
)

DEV = environment("dev")


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto answers from one place: there is nothing to wait for."""
    monkeypatch.setattr(queue_adapter, "WAIT_S", 0)


@pytest.fixture
def quarantine(session: boto3.Session) -> Quarantine:
    make_quarantine(session)
    return Quarantine(session, DEV, Names(TABLE, BUCKET, PROCESSOR), days=14, today=TODAY)


@pytest.fixture
def url(session: boto3.Session) -> str:
    return str(session.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"])


@pytest.fixture
def queue(session: boto3.Session, url: str) -> Queue:
    return Queue(session, DEV, QUEUE)


def send(session: boto3.Session, url: str, *bodies: Any) -> None:
    for body in bodies:
        session.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))


def visible(session: boto3.Session, url: str) -> int:
    name = "ApproximateNumberOfMessages"
    answer: Any = session.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return int(answer["Attributes"][name])


def test_parked_records_are_listed_as_far_back_as_asked(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    # Given a record of today, one of the first day that is looked at, and one of the day before
    today = park(session, stream_record(place=300))
    first = park(session, stream_record(place=200), TODAY - timedelta(days=14))
    park(session, stream_record(place=100), TODAY - timedelta(days=15))
    # And one that did not say when it was made
    undated = park(session, stream_record(place=400), UNDATED)

    # When
    with quarantine.entries(0) as entries:
        found = {entry.id: entry for entry in entries}

    # Then
    assert found.keys() == {today, first, undated}
    row = (today, "quarantine", "2026-03-02 09:30Z", "1", "schema version 2 is not known")
    assert found[today].as_row() == row


def test_a_pointer_without_attributes_still_leads_to_its_object(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    # Given a pointer of which only the key is left
    park(session, stream_record())
    key = {"pk": {"S": f"QUARANTINE#{TODAY}"}, "sk": {"S": number(100)}}
    session.client("dynamodb").put_item(TableName=TABLE, Item=key)

    with quarantine.entries(0) as (entry,):
        assert quarantine.show(entry) == stream_record()
        assert entry.reason == "no reason given"


def test_a_parked_record_is_taken_out_with_its_pointer_and_kept_as_a_version(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    park(session, stream_record())

    with quarantine.entries(0) as (entry,):
        quarantine.remove(entry)
        quarantine.remove(entry)  # as another redrive may have done at the same time

    with quarantine.entries(0) as entries:
        assert entries == []
    s3 = session.client("s3")
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert s3.list_object_versions(Bucket=BUCKET)["Versions"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{"])
def test_an_object_that_is_no_record_is_said_to_be_none(
    content: bytes, session: boto3.Session, quarantine: Quarantine
) -> None:
    park(session, stream_record())
    key = f"quarantine/{TODAY}/{number(100)}.json"
    session.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)

    with quarantine.entries(0) as (entry,), pytest.raises(NotTakenError, match="no stream record"):
        quarantine.prepare(entry)


def test_an_object_that_is_gone_is_said_to_be(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    park(session, stream_record())
    session.client("s3").delete_object(Bucket=BUCKET, Key=f"quarantine/{TODAY}/{number(100)}.json")

    with quarantine.entries(0) as (entry,), pytest.raises(NotTakenError, match="not there any"):
        quarantine.prepare(entry)


def test_messages_are_hidden_while_they_are_held_and_given_back(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    # Given more messages than one call takes
    send(session, url, *range(23))

    # When, Then all are held, and in the end all are back at once
    with queue.held(600) as messages:
        assert sorted(int(each.body) for each in messages) == list(range(23))
        assert (visible(session, url), queue.in_flight()) == (0, 23)
    assert (visible(session, url), queue.in_flight()) == (23, 0)


def test_messages_come_back_however_the_run_ends(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    send(session, url, 1)

    with pytest.raises(KeyboardInterrupt), queue.held(600):
        raise KeyboardInterrupt

    assert visible(session, url) == 1


def test_a_deleted_message_is_gone_and_a_released_one_is_back(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    send(session, url, 1, 2, 3)

    with queue.held(600) as messages:
        queue.delete(messages[0])
        queue.release([messages[1]])
        assert (visible(session, url), queue.in_flight()) == (1, 1)

    assert visible(session, url) == 2


def test_a_message_that_somebody_else_has_is_not_held_any_more(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    # Given a message that was held for too long, and that somebody else has taken out
    send(session, url, 1)
    with queue.held(600) as (message,):
        session.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message.receipt)

        # When, Then
        assert not queue.hold(message, 600)


def test_a_queue_that_is_gone_is_said_to_be(session: boto3.Session) -> None:
    with (
        pytest.raises(BatonError, match="the queue gone is not there") as raised,
        Queue(session, DEV, "gone").held(1),
    ):
        pass

    assert raised.value.remedy == "./baton promote dev"


def test_two_redrives_at_once_share_no_message(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    # Given one that holds all messages
    send(session, url, tick())
    with queue.held(600) as (message,):
        # When another looks
        other = MissedEvents(Queue(session, DEV, QUEUE), "scheduled:live", "https://sqs/inbox")
        with other.entries(600) as entries:
            # Then it gets none, and says so
            assert (entries, other.others()) == ([], 1)

        # And what comes meanwhile is left for later, not lost
        send(session, url, tick())
        assert queue.hold(message, 600)


def test_what_goes_into_the_inbox_goes_as_it_was_written(session: boto3.Session, url: str) -> None:
    # Given an event, to the letter / When it is put into the inbox / Then it is there so
    body = '{"source":"desk.dev",  "n": 1.0, "detail": {"name": "Jos\\u00e9"}}'
    Inbox(session, DEV, url).put(body)

    (message,) = session.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == body


def test_an_inbox_that_is_gone_ends_the_run(session: boto3.Session, url: str) -> None:
    session.client("sqs").delete_queue(QueueUrl=url)

    with pytest.raises(BatonError, match="is not there, though the stack names it"):
        Inbox(session, DEV, url).put("{}")


STREAMS_ERROR = ("TrimmedDataAccessException", "ResourceNotFoundException")


@pytest.fixture
def streams(session: boto3.Session) -> Iterator[tuple[Streams, Stubber]]:
    streams = Streams(session, DEV)
    with Stubber(streams._streams) as stub:
        yield streams, stub


def page(*places: int, following: str | None = "next") -> dict[str, Any]:
    records = [{"dynamodb": {"SequenceNumber": number(place)}} for place in places]
    return {"Records": records, **({"NextShardIterator": following} if following else {})}


ASKED = {
    "StreamArn": STREAM,
    "ShardId": "shardId-00000001573689847184-864758bb",
    "ShardIteratorType": "AT_SEQUENCE_NUMBER",
    "SequenceNumber": number(100),
}


def test_a_stream_is_read_up_to_the_last_record_and_no_further(
    streams: tuple[Streams, Stubber],
) -> None:
    # Given pages of which one is empty, and one has more than is asked for
    reader, stub = streams
    stub.add_response("get_shard_iterator", {"ShardIterator": "first"}, ASKED)
    for answer in (page(100, 200), page(), page(300, 400)):
        stub.add_response("get_records", answer)

    # When
    found = reader.read(STREAM, ASKED["ShardId"], number(100), number(300))

    # Then
    assert [record["dynamodb"]["SequenceNumber"] for record in found] == [
        number(100),
        number(200),
        number(300),
    ]
    stub.assert_no_pending_responses()


def test_a_range_whose_last_record_is_passed_over_ends_there_all_the_same(
    streams: tuple[Streams, Stubber],
) -> None:
    reader, stub = streams
    stub.add_response("get_shard_iterator", {"ShardIterator": "first"}, ASKED)
    stub.add_response("get_records", page(100, 400))

    found = reader.read(STREAM, ASKED["ShardId"], number(100), number(300))

    assert [record["dynamodb"]["SequenceNumber"] for record in found] == [number(100)]


@pytest.mark.parametrize("code", STREAMS_ERROR)
@pytest.mark.parametrize("call", ["get_shard_iterator", "get_records"])
def test_records_that_are_trimmed_are_known_as_that(
    call: str, code: str, streams: tuple[Streams, Stubber]
) -> None:
    reader, stub = streams
    if call == "get_records":
        stub.add_response("get_shard_iterator", {"ShardIterator": "first"}, ASKED)
    stub.add_client_error(call, code)

    with pytest.raises(NotInStreamError):
        reader.read(STREAM, ASKED["ShardId"], number(100), number(300))


def test_a_shard_that_ends_before_the_last_record_takes_nothing_for_granted(
    streams: tuple[Streams, Stubber],
) -> None:
    reader, stub = streams
    stub.add_response("get_shard_iterator", {"ShardIterator": "first"}, ASKED)
    stub.add_response("get_records", page(100, following=None))

    with pytest.raises(NotInStreamError, match=f"ends before record {number(300)}"):
        reader.read(STREAM, ASKED["ShardId"], number(100), number(300))


def test_credentials_that_have_expired_are_said_with_what_to_do(
    streams: tuple[Streams, Stubber],
) -> None:
    reader, stub = streams
    stub.add_client_error("get_shard_iterator", "ExpiredTokenException", http_status_code=400)

    with pytest.raises(BatonError, match="could not read the stream") as raised:
        reader.read(STREAM, ASKED["ShardId"], number(100), number(300))
    assert raised.value.remedy == "aws sso login --profile desk-dev"


def test_trimmed_records_stay_listed_and_are_shown_without_records(
    session: boto3.Session, queue: Queue, url: str, streams: tuple[Streams, Stubber]
) -> None:
    # Given a batch that the stream has no more
    reader, stub = streams
    for _ in range(2):
        stub.add_client_error("get_shard_iterator", "TrimmedDataAccessException")
    send(session, url, on_failure())
    source = GivenUpBatches(queue, PROCESSOR, reader)

    with source.entries(60) as (entry,):
        # When, Then a replay says what is left of it
        with pytest.raises(NotTakenError, match="2 event items in the table"):
            source.prepare(entry)
        assert source.show(entry) == {"message": on_failure(), "records": None}
    assert visible(session, url) == 1


class Payload:
    """What botocore gives as a body."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self) -> bytes:
        return self.content


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        ({"Payload": Payload(b'{"a": 1}')}, Answer({"a": 1})),
        ({"Payload": Payload(b"")}, Answer(None)),
        (
            {
                "FunctionError": "Unhandled",
                "Payload": Payload(b'{"errorType": "E", "errorMessage": "two\\nlines"}'),
            },
            Answer(error="E: two lines"),
        ),
        ({"FunctionError": "Unhandled", "Payload": Payload(b"{}")}, Answer(error="an error ")),
    ],
)
def test_what_a_function_answers_is_told_apart_from_its_failure(
    answer: dict[str, Any], meant: Answer, session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions = Functions(session, DEV)
    monkeypatch.setattr(functions._lambda, "invoke", lambda **_: {"StatusCode": 200, **answer})

    seen = functions.call(PROCESSOR, {})

    assert seen.body == meant.body
    assert seen.error.startswith(meant.error)
    assert bool(seen.error) is bool(meant.error)


def test_a_function_that_is_gone_ends_the_run(session: boto3.Session) -> None:
    functions = Functions(session, DEV)
    with Stubber(functions._lambda) as stub:
        stub.add_client_error("invoke", "ResourceNotFoundException")

        with pytest.raises(BatonError, match="there is no function") as raised:
            functions.call(PROCESSOR, {})
    assert raised.value.remedy == "./baton drift dev, then ./baton promote dev"
