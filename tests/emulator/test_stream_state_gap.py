"""A DynamoDB stream and its mappings go on where they were when the emulator is started again."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from codegen.settings import Environment

from .conftest import PATCHED, STOCK, Engine, eventually, serve, unique

pytestmark = pytest.mark.engine
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}

# Notes the key of each record that it gets.
CODE = """
import os

def handler(event, context):
    with open(os.environ["JOURNAL"], "a") as journal:
        for record in event["Records"]:
            print(record["dynamodb"]["Keys"]["id"]["S"], file=journal)
"""


@dataclass(frozen=True)
class Stream:
    """A table's stream, and the function that a mapping sends it to."""

    table: str
    arn: str
    function: str
    mapping: str

    @classmethod
    def create(cls, engine: Engine) -> Stream:
        table = unique("table")
        described = engine.client("dynamodb").create_table(
            TableName=table,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification=STREAM,
        )["TableDescription"]
        function = engine.create_function(CODE)
        mapping = engine.client("lambda").create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=described["LatestStreamArn"],
            StartingPosition="TRIM_HORIZON",
        )
        return cls(table, described["LatestStreamArn"], function, mapping["UUID"])

    def put(self, engine: Engine, item: str) -> None:
        engine.client("dynamodb").put_item(TableName=self.table, Item={"id": {"S": item}})

    def enable(self, engine: Engine, enabled: bool) -> None:
        engine.client("lambda").update_event_source_mapping(UUID=self.mapping, Enabled=enabled)

    def processed(self, engine: Engine, *expected: str) -> list[str]:
        """The items whose records were processed, as soon as they are those expected."""
        return eventually(
            lambda: engine.journal(self.function),
            lambda seen: seen == list(expected),
            engine.patience_seconds,
        )

    def result(self, engine: Engine) -> str:
        """The mapping's last result, as soon as there is one.

        The function's journal comes before it: the mapping is not done with the record then.
        """

        def look() -> str:
            mapping = engine.client("lambda").get_event_source_mapping(UUID=self.mapping)
            return str(mapping.get("LastProcessingResult"))

        return eventually(look, lambda result: result.startswith("OK"))

    def records(self, engine: Engine) -> list[Any]:
        """All that the stream's one shard holds; or why it cannot be read."""
        client = engine.client("dynamodbstreams")
        try:
            (shard,) = client.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
            iterator = client.get_shard_iterator(
                StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
        except ClientError as error:
            return [error.response["Error"]]
        return list(client.get_records(ShardIterator=iterator["ShardIterator"])["Records"])


@dataclass(frozen=True)
class Before:
    """What there is when the emulator is stopped."""

    busy: Stream  # with the record of item a, which is processed
    paused: Stream  # the same; then its mapping was disabled and item b written
    closed: Stream  # disabled, with the record of item a
    read: Stream  # with the record of item a

    @classmethod
    def prepare(cls, engine: Engine) -> Before:
        busy, paused, closed, read = (Stream.create(engine) for _ in range(4))
        for each in (busy, paused, closed, read):
            each.put(engine, "a")
        assert busy.result(engine) == paused.result(engine) == "OK - 1 records"
        paused.enable(engine, False)
        paused.put(engine, "b")
        engine.client("dynamodb").update_table(
            TableName=closed.table, StreamSpecification={"StreamEnabled": False}
        )
        return cls(busy, paused, closed, read)


Restarted = tuple[Engine, Before]
Gap = Callable[[Callable[[Engine, Before], Any], Any], None]


@contextmanager
def restarted(
    first: tuple[str, ...], second: tuple[str, ...], folder: Path, environment: Environment
) -> Iterator[Restarted]:
    """An emulator that goes on, run as `second`, with what it was stopped with as `first`."""
    with serve(first, folder, environment, 20, signal.SIGTERM) as engine:
        before = Before.prepare(engine)
    if (first, second) == (STOCK, PATCHED):  # MiniStack's own files are made a snapshot
        (folder / "state" / "live").rename(folder / "state" / "saved-000000001")
        port = engine.endpoint.rpartition(":")[2]
        (folder / "state" / "saved-000000001" / "port").write_text(port)
    with serve(second, folder, environment, 3 if second == STOCK else 30) as engine:
        yield engine, before


@pytest.fixture(scope="module")
def stock_again(
    environments: tuple[Environment, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restarted]:
    with restarted(STOCK, STOCK, tmp_path_factory.mktemp("stock"), environments[0]) as both:
        yield both


@pytest.fixture(scope="module")
def patched_again(
    environments: tuple[Environment, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restarted]:
    with restarted(PATCHED, PATCHED, tmp_path_factory.mktemp("patched"), environments[0]) as both:
        yield both


@pytest.fixture
def gap(stock_again: Restarted, patched_again: Restarted) -> Gap:
    """Check that a gap is there in the stock emulator, and closed in the patched one."""

    def check(observe: Callable[[Engine, Before], Any], as_on_aws: Any) -> None:
        assert observe(*patched_again) == as_on_aws
        assert observe(*stock_again) != as_on_aws, "upstream mended this: remove the patch"

    return check


def test_what_is_written_after_a_restart_is_processed(gap: Gap) -> None:
    # Given a stream whose one record is processed, When an item is written after the restart
    def observe(engine: Engine, before: Before) -> Any:
        before.busy.put(engine, "b")
        return before.busy.processed(engine, "a", "b")

    # Then it is processed, and what was processed is not again
    gap(observe, ["a", "b"])


def test_what_was_written_before_the_stop_is_processed_after_it(gap: Gap) -> None:
    # Given a record that no mapping got before the stop, When the mapping is enabled after it
    def observe(engine: Engine, before: Before) -> Any:
        before.paused.enable(engine, True)
        return before.paused.processed(engine, "a", "b")

    # Then the record is processed
    gap(observe, ["a", "b"])


def test_a_stream_is_one_across_a_restart(gap: Gap) -> None:
    # Given a record from before the stop, When one is written after it
    def observe(engine: Engine, before: Before) -> Any:
        before.read.put(engine, "b")
        by_number = sorted(
            before.read.records(engine), key=lambda record: record["dynamodb"]["SequenceNumber"]
        )
        return [record["dynamodb"]["Keys"]["id"]["S"] for record in by_number]

    # Then both can be read, and their sequence numbers grow
    gap(observe, ["a", "b"])


def test_a_disabled_stream_can_still_be_read_after_a_restart(gap: Gap) -> None:
    # Given a stream that was disabled before the stop, When it is read after it
    def observe(engine: Engine, before: Before) -> Any:
        return [record.get("eventName") for record in before.closed.records(engine)]

    # Then its records are there: for 24 hours, on AWS
    gap(observe, ["INSERT"])


def test_state_from_before_the_patch_is_gone_on_with(
    environments: tuple[Environment, ...], tmp_path: Path
) -> None:
    # Given state whose mapping is past a record that was not kept
    with restarted(STOCK, PATCHED, tmp_path, environments[0]) as (engine, before):
        # When an item is written before the mapping is enabled, and one after that
        before.paused.put(engine, "c")
        before.paused.enable(engine, True)
        before.paused.put(engine, "d")

        # Then both are processed
        assert before.paused.processed(engine, "a", "c", "d") == ["a", "c", "d"]


def test_records_that_expired_still_count_after_a_restart(
    environments: tuple[Environment, ...], tmp_path: Path
) -> None:
    # Given a stream whose first record expired, and whose second waits
    with serve(PATCHED, tmp_path, environments[0], 30, signal.SIGTERM) as engine:
        paused = Before.prepare(engine).paused
    make_first_record_old(tmp_path, paused)
    with serve(PATCHED, tmp_path, environments[0], 30, signal.SIGTERM) as engine:
        assert len(paused.records(engine)) == 1

    # When the emulator is started once more, and the mapping enabled
    with serve(PATCHED, tmp_path, environments[0], 30) as engine:
        paused.enable(engine, True)

        # Then the second record is processed: its position is what it was
        assert paused.processed(engine, "a", "b") == ["a", "b"]


def make_first_record_old(folder: Path, stream: Stream) -> None:
    """Put the first record's time back, in the state of a stopped emulator, to 1970."""
    (file,) = (folder / "state").glob("saved-*/dynamodb.json")
    state = json.loads(file.read_text())
    streams = state["payload"]["stream_records"]["data"]
    (records,) = (streams[name] for name in streams if stream.table in name)
    records[0]["dynamodb"]["ApproximateCreationDateTime"] = 1
    file.write_text(json.dumps(state))
