"""Records through the ordered batch processor, beside Powertools' own doing the same work.

The work is a list of records of which some fail at their first try, and is done when each has been
taken. What is not taken is delivered again as Lambda does it: from the lowest reported sequence
number on. Powertools' processor goes on past a failed record, so what it took behind that one comes
again; ours stops there.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from benchmarks.figures import Figure
from benchmarks.measure import Measured
from desk.processing.ordered_batch import OrderedBatchProcessor

RECORDS = 1000
ROUNDS = 15
BATCHES = (1, 10, 100, 1000)
FAILING = (0.0, 0.01, 0.1)  # share of the records that fail at their first try
SEED = 1

Record = dict[str, Any]


def figures() -> list[Figure]:
    """Seconds for a thousand records, by size of batch and share of failures."""
    return [_figure(batch, failing) for batch in BATCHES for failing in FAILING]


def _figure(batch: int, failing: float) -> Figure:
    records = _records(batch)
    failed = random.Random(SEED).sample(range(len(records)), int(len(records) * failing))
    numbers = {str(number) for number in failed}
    ours, theirs = [], []
    for _ in range(ROUNDS):  # in turns: the machine has other things to do
        ours.append(_seconds(OrderedBatchProcessor(), records, numbers, batch))
        theirs.append(_seconds(_powertools(), records, numbers, batch))
    return Figure(
        f"{len(records)} records, {batch} a batch, {failing:.0%} fail once",
        Measured(min(ours), None),
        "Powertools' BatchProcessor",
        Measured(min(theirs), None),
        aim_ratio=1,
    )


def _powertools() -> BatchProcessor:
    return BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def _records(batch: int) -> list[Record]:
    return [
        {"eventID": str(number), "dynamodb": {"SequenceNumber": str(number)}}
        for number in range(max(RECORDS, batch))
    ]


def _seconds(processor: Any, records: Sequence[Record], failing: set[str], size: int) -> float:
    once = set(failing)

    def take(record: Any) -> None:
        number = record.raw_event["eventID"]
        if number in once:
            once.discard(number)
            raise TimeoutError

    started = time.perf_counter()
    for first in range(0, len(records), size):
        end = min(first + size, len(records))
        while first < end:
            first = _deliver(processor, records[first:end], take, first, end)
    return time.perf_counter() - started


def _deliver(processor: Any, batch: Sequence[Record], take: Any, first: int, end: int) -> int:
    """Deliver a batch; where Lambda would begin the next one."""
    try:
        with processor(batch, take):
            processor.process()
    except TimeoutError:  # the first record failed: all come again
        return first
    # a record's number is its place
    reported = (int(each["itemIdentifier"]) for each in processor.response()["batchItemFailures"])
    return min(reported, default=end)
