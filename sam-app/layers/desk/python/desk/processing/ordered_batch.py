"""A batch of stream records, in order: what fails stops it.

Powertools' BatchProcessor goes on past a failed record, so that a ticket's later events would be
taken before its earlier one (aws-powertools/powertools-lambda-python#2850).
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType


class OrderedBatchProcessor(BatchProcessor):
    """Takes the records one by one, and stops at the first that fails.

    Where others went before it, it alone is reported: Lambda takes that as the checkpoint, and
    delivers this record and all after it again. Where it is the batch's first, nothing was done,
    and its error is the function's: the same records come again, but the invocation counts as
    failed. Otherwise a release that fails on every record would look healthy to the error alarm,
    and to the canary that trusts it.
    """

    def __init__(self) -> None:
        super().__init__(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

    def process(self) -> list[tuple[Any, ...]]:
        """Take the records up to and including the first that fails.

        Raises
        ------
        Exception
            The error of the batch's first record.
        """
        results = []
        for record in self.records:
            results.append(self._process_record(record))
            if self.fail_messages:
                break
        if self.fail_messages and not self.success_messages:
            _, error, _ = self.exceptions[0]
            assert error is not None  # noqa: S101 - it was caught
            raise error
        return results
