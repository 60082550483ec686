"""What redrive finds of a batch in the stream, while the stream still has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from codegen.errors import BatonError
from pipeline.adapters.queue import Queue
from pipeline.adapters.streams import NotInStreamError, Streams
from pipeline.redrive.dead_letters import GivenUpBatches
from pipeline.redrive.entries import NotTakenError
from tests.pipeline.builders import environment
from tests.pipeline.redriving import (
    PROCESSOR,
    STREAM,
    number,
    on_failure,
    send,
    visible,
)

pytestmark = pytest.mark.usefixtures("_no_wait")

DEV = environment("dev")


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
    assert raised.value.remedy.startswith("aws sso login --profile desk-dev, or renew the cred")


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
