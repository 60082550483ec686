"""A batch of stream records, in order: what fails stops it.

Powertools' BatchProcessor goes on past a failed record, so that a ticket's later events would be
taken before its earlier one (aws-powertools/powertools-lambda-python#2850).
"""

from __future__ import annotations

from typing import Any, NoReturn, cast

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.common import DictWrapper

from desk.processing.record import sequence_number


class _StoppedError(Exception):
    """A record failed; what Powertools says of it."""

    def __init__(self, result: tuple[Any, ...]) -> None:
        super().__init__()
        self.result = result


class OrderedBatchProcessor(BatchProcessor):
    """Takes the records one by one, and stops at the first that fails.

    Where others went before it, it alone is reported: Lambda takes that as the checkpoint, and
    delivers this record and all after it again. Where it is the batch's first, nothing was done,
    and its error is the function's: the same records come again, but the invocation counts as
    failed. Otherwise a release that fails on every record would look healthy to the error alarm,
    and to the canary that trusts it. A record without a number cannot be reported, so its error
    is the function's wherever it stands.
    """

    def __init__(self) -> None:
        super().__init__(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

    def process(self) -> list[tuple[Any, ...]]:
        """Take the records up to and including the first that fails.

        Raises
        ------
        Exception
            The error of the batch's first record, or of one that has no sequence number.
        """
        results: list[tuple[Any, ...]] = []
        try:
            # between two records nothing is asked: a failure ends the loop by itself
            for record in self.records:
                results.append(self._process_record(record))
        except _StoppedError as stopped:
            results.append(stopped.result)
        if self.fail_messages:
            self._raise_unless_reportable(self.records[len(results) - 1])
        return results

    def failure_handler(self, record: Any, exception: Any) -> NoReturn:
        """Note the failure, as Powertools does, and stop."""
        raise _StoppedError(super().failure_handler(record, exception))

    def _collect_dynamodb_failures(self) -> list[dict[str, str | None]]:
        # Powertools' own asks the record for it, which need not even be a mapping
        failed = cast(list[DictWrapper], self.fail_messages)
        return [{"itemIdentifier": sequence_number(each.raw_event)} for each in failed]

    def _raise_unless_reportable(self, record: object) -> None:
        if self.success_messages and sequence_number(record) is not None:
            return
        _, error, _ = self.exceptions[0]
        assert error is not None  # noqa: S101 - it was caught
        raise error
