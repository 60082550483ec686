"""A DynamoDB stream, read again between two records of a shard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline.adapters.aws import code_of, explained

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

# A shard goes with its records, and a stream 24 hours after it was turned off.
TRIMMED = {"TrimmedDataAccessException", "ResourceNotFoundException"}
# A part of a shard may hold nothing, so an empty answer is no end; but neither is there a record.
EMPTY_ANSWERS = 50


class NotInStreamError(Exception):
    """The stream does not have all of the records; says why."""


class Streams:
    """The streams of one environment, reached with its profile."""

    def __init__(self, session: boto3.Session, environment: Environment) -> None:
        self.environment = environment
        self._streams = session.client("dynamodbstreams")

    def read(self, stream: str, shard: str, first: str, last: str) -> list[dict[str, Any]]:
        """Read all records of a shard from one to another.

        Parameters
        ----------
        stream:
            The stream's ARN.
        shard:
            The shard's id.
        first, last:
            Sequence numbers, both included.

        Returns
        -------
        list
            The records as the API gives them, in order.

        Raises
        ------
        NotInStreamError
            Not all of them are there.
        BatonError
            The stream cannot be read.
        """
        with explained(self.environment, f"read the stream {stream}"):
            try:
                return list(self._between(stream, shard, first, int(last)))
            except ClientError as error:
                if code_of(error) in TRIMMED:
                    raise NotInStreamError("it keeps them for 24 hours") from error
                raise

    def _between(self, stream: str, shard: str, first: str, last: int) -> Iterator[dict[str, Any]]:
        iterator: str | None = self._streams.get_shard_iterator(
            StreamArn=stream,
            ShardId=shard,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=first,
        )["ShardIterator"]
        empty = 0
        while iterator and empty < EMPTY_ANSWERS:
            answer = self._streams.get_records(ShardIterator=iterator)
            for record in answer["Records"]:
                number = int(record["dynamodb"]["SequenceNumber"])
                if number <= last:
                    yield dict(record)
                if number >= last:
                    return
            empty = 0 if answer["Records"] else empty + 1
            iterator = answer.get("NextShardIterator")
        raise NotInStreamError(f"its shard {shard} ends before record {last}")
