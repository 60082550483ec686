"""What becomes of a batch from a stream after the function had it: Lambda's rules, without I/O.

Sources: Lambda Developer Guide, "Configuring partial batch response with DynamoDB and Lambda"
(what counts as success and as failure; with bisecting, a batch is cut at the reported record) and
"Using AWS Lambda with Amazon DynamoDB", error handling ("Splitting a batch does not count towards
the retry quota"). Where a function reports the very first record, nothing succeeded: that is taken
for a failure of the whole batch, which is what the guide does not say.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

UNLIMITED = -1  # MaximumRetryAttempts, MaximumRecordAgeInSeconds: their default


@dataclass(frozen=True)
class Batch:
    """Positions `start` to before `end` of a stream, sent again `retries` times so far."""

    start: int
    end: int
    retries: int = 0


@dataclass(frozen=True)
class Outcome:
    """The batches to go on with, and, of a batch that is given up, why."""

    left: tuple[Batch, ...] = ()
    discarded: bool = False
    same_again: bool = False  # the same batch is sent again: pace it


def first_failed(
    sequence_numbers: Sequence[str], result: dict[str, Any], reports: bool
) -> int | None:
    """Index of the first record that failed, None where all succeeded.

    Parameters
    ----------
    sequence_numbers:
        Those of the records sent, in order.
    result:
        What the invocation gave: `error`, and `body`, the function's answer.
    reports:
        Whether FunctionResponseTypes has ReportBatchItemFailures; else an answer means nothing.
    """
    if result.get("error"):
        return 0
    if not reports:
        return None
    try:
        body = result.get("body")
        answer = json.loads(body) if isinstance(body, str | bytes) and body else body
        failures = (answer or {}).get("batchItemFailures") or []
        reported = [failure["itemIdentifier"] for failure in failures]
        return min((sequence_numbers.index(each) for each in reported), default=None)
    except (ValueError, TypeError, KeyError, AttributeError):
        return 0  # an answer that cannot be read, an identifier that was not sent: all failed


def settle(
    batch: Batch,
    positions: Sequence[int],
    failed: int | None,
    *,
    bisect: bool,
    maximum_retries: int,
) -> Outcome:
    """Decide what follows the invocation of `batch`.

    Parameters
    ----------
    batch:
        What was sent.
    positions:
        The stream positions of the records sent (those that the filter let through), in order.
    failed:
        Index of the first record that failed, or None.
    bisect:
        BisectBatchOnFunctionError.
    maximum_retries:
        MaximumRetryAttempts; UNLIMITED for no limit.
    """
    if failed is None:
        return Outcome()
    if failed > 0:  # what precedes it succeeded: the checkpoint moves, the rest is a new batch
        return Outcome(left=(Batch(positions[failed], batch.end),))
    if bisect and len(positions) > 1:
        middle = positions[len(positions) // 2]
        return Outcome(left=(Batch(batch.start, middle), Batch(middle, batch.end)))
    if maximum_retries != UNLIMITED and batch.retries >= maximum_retries:
        return Outcome(discarded=True)
    return Outcome(left=(Batch(batch.start, batch.end, batch.retries + 1),), same_again=True)
