"""A batch of stream records, in order: what fails stops it.

Powertools' BatchProcessor goes on past a failed record, so that a ticket's later events would be
taken before its earlier one (aws-powertools/powertools-lambda-python#2850).
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType


class OrderedBatchProcessor(BatchProcessor):
    """Takes the records one by one and reports the first that fails, and only it.

    Lambda reads that as the checkpoint: it delivers this record and all after it again.
    """

    def __init__(self) -> None:
        # one failed record in a batch of one is a partial failure like any other
        super().__init__(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

    def process(self) -> list[tuple[Any, ...]]:
        """Take the records up to and including the first that fails."""
        results = []
        for record in self.records:
            results.append(self._process_record(record))
            if self.fail_messages:
                break
        return results
