"""`python -m benchmarks.service.stream_process PROCESSOR FILE`: times one batch processor.

The work is a list of records of which some fail at their first try, and is done when each has been
taken. What is not taken is delivered again as Lambda does it: from the lowest reported sequence
number on. Powertools' processor goes on past a failed record, so what it took behind that one comes
again; ours stops there.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from desk.processing.ordered_batch import OrderedBatchProcessor

RECORDS = 1000
ROUNDS = 15
BATCHES = (1, 10, 100, 1000)
FAILING = (0.0, 0.01, 0.1)  # share of the records that fail at their first try
SEED = 1

Record = dict[str, Any]


def _powertools() -> BatchProcessor:
    return BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


PROCESSORS: Mapping[str, Callable[[], BatchProcessor]] = {
    "ordered": OrderedBatchProcessor,
    "powertools": _powertools,
}
RECORDS_SENT: list[Record] = [
    {"eventID": str(number), "dynamodb": {"SequenceNumber": str(number)}}
    for number in range(RECORDS)
]


def main(processor: Callable[[], BatchProcessor], results: Path) -> None:
    """Time every size of batch and share of failures, and write the seconds of each."""
    times = {
        f"{RECORDS} records, {batch} a batch, {failing:.0%} fail once": _best(
            processor, batch, failing
        )
        for batch in BATCHES
        for failing in FAILING
    }
    results.write_text(json.dumps(times))


def _best(processor: Callable[[], BatchProcessor], batch: int, failing: float) -> float:
    failed = random.Random(SEED).sample(range(RECORDS), int(RECORDS * failing))
    numbers = {str(number) for number in failed}
    return min(_seconds(processor(), numbers, batch) for _ in range(ROUNDS))


def _seconds(processor: Any, failing: set[str], size: int) -> float:
    once = set(failing)

    def take(record: Any) -> None:
        number = record.raw_event["eventID"]
        if number in once:
            once.discard(number)
            raise TimeoutError

    started = time.perf_counter()
    for first in range(0, RECORDS, size):
        end = min(first + size, RECORDS)
        while first < end:
            first = _deliver(processor, RECORDS_SENT[first:end], take, first, end)
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


if __name__ == "__main__":
    main(PROCESSORS[sys.argv[1]], Path(sys.argv[2]))
