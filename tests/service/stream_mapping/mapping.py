"""The mapping: what a shard's records go through until they are taken or given up."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.service.stream_mapping.filtering import matches
from tests.service.stream_mapping.settings import Settings

Record = dict[str, Any]
STREAM = "arn:aws:dynamodb:us-east-1:111111111111:table/desk/stream/2026-03-10T12:30:00.000"
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:desk-processor:live"


class Killed(BaseException):
    """The function's process has ended: its time or its memory was used up."""


@dataclass(frozen=True)
class Batch:
    """Records that are delivered together, and how often they were in vain."""

    records: Sequence[Record]
    failures: int = 0


@dataclass
class Shard:
    """A part of the stream; all of an item's records are in one, in their order."""

    id: str
    records: list[Record] = field(default_factory=list)
    read: int = 0
    waiting: deque[Batch] = field(default_factory=deque)

    @property
    def done(self) -> bool:
        """Whether everything in it was taken or given up."""
        return not self.waiting and self.read == len(self.records)

    def rewind(self, to: int) -> None:
        """Lose the checkpoint: everything from this record on is delivered again."""
        if self.waiting:
            # never past what has not been taken yet
            to = min(to, self.records.index(self.waiting[0].records[0]))
        self.waiting.clear()
        self.read = min(self.read, to)


@dataclass
class StreamMapping:
    """The mapping.

    Parameters
    ----------
    settings:
        As the template has them.
    function:
        What Lambda calls; what it raises is the function's failure.
    clock:
        The time, which records' ages are counted by.
    """

    settings: Settings
    function: Callable[[dict[str, Any]], Any]
    clock: Callable[[], datetime]
    destination: list[dict[str, Any]] = field(default_factory=list)

    def step(self, shard: Shard, limit: int | None = None) -> None:
        """Invoke the function once for a shard, unless nothing is left for it.

        Parameters
        ----------
        limit:
            How many records have come in, where they are fewer than a batch holds.
        """
        if not shard.waiting:
            self._read(shard, min(limit or self.settings.batch_size, self.settings.batch_size))
        if shard.waiting:
            self._deliver(shard, shard.waiting.popleft())

    def drain(self, *shards: Shard) -> None:
        """Go on until all of these are done."""
        for shard in shards:
            while not shard.done:
                self.step(shard)

    def _read(self, shard: Shard, limit: int) -> None:
        records: list[Record] = []
        while len(records) < limit and shard.read < len(shard.records):
            record = shard.records[shard.read]
            shard.read += 1
            # what the filter leaves out counts as taken
            if any(matches(record, pattern) for pattern in self.settings.patterns):
                records.append(record)
        if records:
            shard.waiting.append(Batch(records))

    def _deliver(self, shard: Shard, batch: Batch) -> None:
        old = [each for each in batch.records if self._too_old(each)]
        if old:
            # the documentation has no example of this condition
            self._give_up(shard, Batch(old, batch.failures), "RecordAgeExceeded")
            batch = Batch([each for each in batch.records if each not in old], batch.failures)
            if not batch.records:
                return
        try:
            answer = self.function(json.loads(json.dumps({"Records": list(batch.records)})))
        except (Exception, Killed):  # noqa: BLE001 - as Lambda does, whatever it is
            self._failed(shard, batch)
        else:
            self._answered(shard, batch, answer)

    def _answered(self, shard: Shard, batch: Batch, answer: Any) -> None:
        failures = (answer or {}).get("batchItemFailures") if self.settings.partial else None
        if not failures:
            return
        numbers = [each["dynamodb"]["SequenceNumber"] for each in batch.records]
        reported = [each.get("itemIdentifier") for each in failures]
        if any(each not in numbers for each in reported):
            self._failed(shard, batch)
            return
        checkpoint = min(numbers.index(each) for each in reported)
        rest = batch.records[checkpoint:]
        if checkpoint and self.settings.bisect:
            # split there, and splitting does not use up retries
            shard.waiting.appendleft(Batch(rest, batch.failures))
        else:
            self._again(shard, Batch(rest, batch.failures + 1))

    def _failed(self, shard: Shard, batch: Batch) -> None:
        if self.settings.bisect and len(batch.records) > 1:
            middle = len(batch.records) // 2
            shard.waiting.appendleft(Batch(batch.records[middle:], batch.failures))
            shard.waiting.appendleft(Batch(batch.records[:middle], batch.failures))
        else:
            self._again(shard, Batch(batch.records, batch.failures + 1))

    def _again(self, shard: Shard, batch: Batch) -> None:
        if batch.failures > self.settings.retries:
            self._give_up(shard, batch, "RetryAttemptsExhausted")
        else:
            shard.waiting.appendleft(batch)

    def _too_old(self, record: Record) -> bool:
        return self.clock() - _created(record) > self.settings.max_age

    def _give_up(self, shard: Shard, batch: Batch, condition: str) -> None:
        # "Retain discarded records for a DynamoDB event source in Lambda": where they are, and
        # not what they hold
        first, last = batch.records[0], batch.records[-1]
        document = {
            "requestContext": {
                "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
                "functionArn": FUNCTION,
                "condition": condition,
                "approximateInvokeCount": batch.failures,
            },
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "7",
                "functionError": "Unhandled",
            },
            "version": "1.0",
            "timestamp": _iso(self.clock()),
            "DDBStreamBatchInfo": {
                "shardId": shard.id,
                "startSequenceNumber": first["dynamodb"]["SequenceNumber"],
                "endSequenceNumber": last["dynamodb"]["SequenceNumber"],
                "approximateArrivalOfFirstRecord": _iso(_created(first)),
                "approximateArrivalOfLastRecord": _iso(_created(last)),
                "batchSize": len(batch.records),
                "streamArn": STREAM,
            },
        }
        self.destination.append(document)


def _created(record: Record) -> datetime:
    return datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
