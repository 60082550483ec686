"""The rules by which Lambda goes on with a stream after a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import process_partial_response

from desk.processing.ordered_batch import OrderedBatchProcessor
from pipeline.target.local.ministack.stream_batches import (
    UNLIMITED,
    Batch,
    Failure,
    Outcome,
    failure_of,
    settle,
)
from tests.service.samples import Context

SENT = ["100", "200", "300"]
RAISED = Failure(0, raised=True)


def report(*identifiers: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in identifiers]}


@pytest.mark.proves("A6")
@pytest.mark.parametrize(
    ("body", "failed"),
    [
        pytest.param(report("200"), 1, id="one record"),
        pytest.param(report("300", "200"), 1, id="several: the lowest counts"),
        pytest.param(json.dumps(report("300")), 2, id="as text"),
        pytest.param(report(), None, id="none"),
        pytest.param({"batchItemFailures": None}, None, id="null list"),
        pytest.param({}, None, id="an empty answer"),
        pytest.param(None, None, id="null"),
        pytest.param("", None, id="no answer"),
        pytest.param("null", None, id="null as text"),
        pytest.param(report(""), 0, id="an empty identifier"),
        pytest.param(report(None), 0, id="a null identifier"),
        pytest.param({"batchItemFailures": [{"id": "200"}]}, 0, id="a wrong key"),
        pytest.param(report("999"), 0, id="a record that was not sent"),
        pytest.param("done", 0, id="no JSON"),
        pytest.param(["200"], 0, id="no object"),
    ],
)
def test_a_partial_response_is_read_as_the_guide_says(body: Any, failed: int | None) -> None:
    expected = None if failed is None else Failure(failed)
    assert failure_of(SENT, {"body": body}, reports=True) == expected


def test_an_answer_means_nothing_where_reports_are_not_asked_for() -> None:
    assert failure_of(SENT, {"body": report("200")}, reports=False) is None


def test_an_error_fails_the_whole_batch() -> None:
    assert failure_of(SENT, {"error": True, "body": report("300")}, reports=True) == RAISED


def test_a_success_leaves_nothing() -> None:
    outcome = settle(Batch(10, 13), [10, 11, 12], None, bisect=True, maximum_retries=0)
    assert outcome == Outcome()


@pytest.mark.parametrize("bisect", [False, True])
def test_a_partial_failure_goes_on_from_the_failed_record_as_a_new_batch(bisect: bool) -> None:
    batch = Batch(10, 13, retries=1)
    outcome = settle(batch, [10, 11, 12], Failure(1), bisect=bisect, maximum_retries=1)
    assert outcome == Outcome(left=(Batch(11, 13),))


@pytest.mark.proves("A6")
def test_a_batch_whose_first_record_is_reported_comes_again_whole() -> None:
    # Given a batch whose first record was reported, where the mapping bisects / When it is settled
    outcome = settle(Batch(10, 13), [10, 11, 12], Failure(0), bisect=True, maximum_retries=1)
    # Then it is not halved, and a retry is used up
    assert outcome == Outcome(left=(Batch(10, 13, retries=1),), same_again=True)


def test_a_batch_whose_first_record_is_always_reported_is_given_up_whole() -> None:
    batch = Batch(10, 13, retries=1)
    outcome = settle(batch, [10, 11, 12], Failure(0), bisect=True, maximum_retries=1)
    assert outcome == Outcome(discarded=True)


def test_a_failed_batch_is_halved_at_a_record_that_was_sent() -> None:
    # Given a batch of which the filter let four records through, at these positions
    sent = [10, 14, 15, 19]
    # When it fails
    outcome = settle(Batch(10, 20), sent, RAISED, bisect=True, maximum_retries=0)
    # Then each half has two of them, nothing is left out, and no retry is used up
    assert outcome == Outcome(left=(Batch(10, 15), Batch(15, 20)))


def test_a_single_record_is_retried_and_not_halved() -> None:
    outcome = settle(Batch(10, 11), [10], RAISED, bisect=True, maximum_retries=1)
    assert outcome == Outcome(left=(Batch(10, 11, retries=1),), same_again=True)


@pytest.mark.proves("A6")
def test_a_batch_is_given_up_when_its_retries_are_used_up() -> None:
    outcome = settle(Batch(10, 13, retries=2), [10, 11], RAISED, bisect=False, maximum_retries=2)
    assert outcome == Outcome(discarded=True)


def test_without_a_limit_a_batch_is_never_given_up() -> None:
    batch = Batch(10, 13, retries=9999)
    outcome = settle(batch, [10, 11], RAISED, bisect=False, maximum_retries=UNLIMITED)
    assert outcome == Outcome(left=(Batch(10, 13, retries=10_000),), same_again=True)


class Shard:
    """Records by their position, and a function that takes them as the processor does."""

    def __init__(self, count: int, poison: int) -> None:
        self.count, self.poison = count, poison
        self.taken: list[int] = []
        self.given_up: list[int] = []
        self._processor = OrderedBatchProcessor()

    def run(self, maximum_retries: int) -> None:
        """Settle one batch after the other until none is left."""
        left = [Batch(0, self.count)]
        while left:
            batch = left.pop(0)
            sent = list(range(batch.start, batch.end))
            failure = failure_of([str(each) for each in sent], self._invoke(sent), reports=True)
            outcome = settle(batch, sent, failure, bisect=True, maximum_retries=maximum_retries)
            self.given_up += sent if outcome.discarded else []
            left[:0] = outcome.left

    def _invoke(self, sent: list[int]) -> dict[str, Any]:
        records = [{"dynamodb": {"SequenceNumber": str(each)}} for each in sent]
        try:
            answer = process_partial_response(
                {"Records": records}, self._take, self._processor, Context()
            )
        except ValueError:
            return {"error": True}
        return {"body": answer}

    def _take(self, record: Any) -> None:
        position = int(record.dynamodb.sequence_number)
        if position == self.poison:
            raise ValueError(position)
        self.taken.append(position)


@pytest.mark.proves("A6")
@pytest.mark.parametrize("poison", range(9))
def test_the_processor_loses_the_bad_record_alone(poison: int) -> None:
    # Given nine records of which one, at any position, can never be processed
    shard = Shard(9, poison)
    # When the processor takes them, until the retries are used up
    shard.run(maximum_retries=2)
    # Then that one is given up, and every other is processed once, in order
    assert shard.given_up == [poison]
    assert shard.taken == [each for each in range(9) if each != poison]
