"""What becomes of a batch from a stream after the function had it: Lambda's rules, without I/O.

Sources: Lambda Developer Guide, "Configuring partial batch response with DynamoDB and Lambda"
(what counts as success and as failure; with bisecting, a batch is cut at the reported record) and
"Using AWS Lambda with Amazon DynamoDB", error handling ("Splitting a batch does not count towards
the retry quota"). A cut at the very first record leaves the batch as it was: it is sent again
whole, and in the end given up whole. That Lambda would halve it, the guide does not say, so nothing
here relies on it: only what an invocation failed at is halved. The same goes for an answer that
cannot be read.
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
class Failure:
    """What failed of the records that were sent: those from the index `first` on."""

    first: int
    raised: bool = False  # the invocation itself failed, which is not a report


@dataclass(frozen=True)
class Outcome:
    """The batches to go on with, and, of a batch that is given up, why."""

    left: tuple[Batch, ...] = ()
    discarded: bool = False
    same_again: bool = False  # the same batch is sent again: pace it


def failure_of(
    sequence_numbers: Sequence[str], result: dict[str, Any], reports: bool
) -> Failure | None:
    """What an invocation failed at, None where all succeeded.

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
        return Failure(0, raised=True)
    if not reports:
        return None
    try:
        body = result.get("body")
        answer = json.loads(body) if isinstance(body, str | bytes) and body else body
        failures = (answer or {}).get("batchItemFailures") or []
        reported = [failure["itemIdentifier"] for failure in failures]
        return Failure(min(map(sequence_numbers.index, reported))) if reported else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return Failure(0)  # an answer that cannot be read, an identifier that was not sent


def settle(
    batch: Batch,
    positions: Sequence[int],
    failure: Failure | None,
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
    failure:
        What failed of them, if anything.
    bisect:
        BisectBatchOnFunctionError.
    maximum_retries:
        MaximumRetryAttempts; UNLIMITED for no limit.
    """
    if failure is None:
        return Outcome()
    if failure.first > 0:  # what precedes it succeeded: the checkpoint moves, the rest is new
        return Outcome(left=(Batch(positions[failure.first], batch.end),))
    if failure.raised and bisect and len(positions) > 1:
        middle = positions[len(positions) // 2]
        return Outcome(left=(Batch(batch.start, middle), Batch(middle, batch.end)))
    if maximum_retries != UNLIMITED and batch.retries >= maximum_retries:
        return Outcome(discarded=True)
    return Outcome(left=(Batch(batch.start, batch.end, batch.retries + 1),), same_again=True)
