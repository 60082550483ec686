"""The rules by which Lambda goes on with a stream after a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.local.ministack.stream_batches import (
    UNLIMITED,
    Batch,
    Outcome,
    first_failed,
    settle,
)

SENT = ["100", "200", "300"]


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
    assert first_failed(SENT, {"body": body}, reports=True) == failed


def test_an_answer_means_nothing_where_reports_are_not_asked_for() -> None:
    assert first_failed(SENT, {"body": report("200")}, reports=False) is None


def test_an_error_fails_the_whole_batch() -> None:
    assert first_failed(SENT, {"error": True, "body": report("300")}, reports=True) == 0


def test_a_success_leaves_nothing() -> None:
    outcome = settle(Batch(10, 13), [10, 11, 12], None, bisect=True, maximum_retries=0)
    assert outcome == Outcome()


@pytest.mark.parametrize("bisect", [False, True])
def test_a_partial_failure_goes_on_from_the_failed_record_as_a_new_batch(bisect: bool) -> None:
    batch = Batch(10, 13, retries=1)
    outcome = settle(batch, [10, 11, 12], 1, bisect=bisect, maximum_retries=1)
    assert outcome == Outcome(left=(Batch(11, 13),))


def test_a_failed_batch_is_halved_at_a_record_that_was_sent() -> None:
    # Given a batch of which the filter let four records through, at these positions
    sent = [10, 14, 15, 19]
    # When it fails
    outcome = settle(Batch(10, 20), sent, 0, bisect=True, maximum_retries=0)
    # Then each half has two of them, nothing is left out, and no retry is used up
    assert outcome == Outcome(left=(Batch(10, 15), Batch(15, 20)))


def test_a_single_record_is_retried_and_not_halved() -> None:
    outcome = settle(Batch(10, 11), [10], 0, bisect=True, maximum_retries=1)
    assert outcome == Outcome(left=(Batch(10, 11, retries=1),), same_again=True)


@pytest.mark.proves("A6")
def test_a_batch_is_given_up_when_its_retries_are_used_up() -> None:
    outcome = settle(Batch(10, 13, retries=2), [10, 11], 0, bisect=False, maximum_retries=2)
    assert outcome == Outcome(discarded=True)


def test_without_a_limit_a_batch_is_never_given_up() -> None:
    batch = Batch(10, 13, retries=9999)
    outcome = settle(batch, [10, 11], 0, bisect=False, maximum_retries=UNLIMITED)
    assert outcome == Outcome(left=(Batch(10, 13, retries=10_000),), same_again=True)
