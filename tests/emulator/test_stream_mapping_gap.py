"""A function that reads a DynamoDB stream, and what happens when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Engine, eventually
from .followed_stream import Stream, fails

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

# Notes that it waits, until a file appears.
WAITING_CODE = """
import os, time

def handler(event, context):
    with open(os.environ["JOURNAL"], "a") as journal:
        print("waits", file=journal)
    while not os.path.exists(os.environ["GATE"]):
        time.sleep(0.05)
"""
REPORTS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
BISECTS = {"BisectBatchOnFunctionError": True}


@pytest.mark.proves("A6")
def test_a_reported_record_is_sent_again_with_all_that_follow(gap: Gap) -> None:
    # Given a record that fails once, among others, When it is reported
    expected = ["a once-b c d", "once-b c d"]

    def observe(engine: Engine) -> Any:
        stream = Stream(engine, "a once-b c d", fails("report", engine), **REPORTS)
        return stream.batches(expected)

    # Then what precedes it is done with, and nothing is skipped
    gap(observe, expected)


@pytest.mark.proves("A6")
def test_a_bad_record_is_isolated_by_cuts_and_halves(gap: Gap) -> None:
    # Given a record that always fails, When it is reported, and an error where it is the first
    batches = ["a b bad c d", "bad c d", "bad", "bad", "c d"]
    given_up = [("RetryAttemptsExhausted", 1)]

    def observe(engine: Engine) -> Any:
        settings = {**REPORTS, **BISECTS, "MaximumRetryAttempts": 1}
        stream = Stream(engine, "a b bad c d", fails("in order", engine), **settings)
        return stream.outcome(batches, given_up)

    # Then it alone is given up, and the others come in their order
    gap(observe, (batches, given_up))


def test_a_report_of_the_first_record_is_not_halved(gap: Gap) -> None:
    # Given a record that always fails, When it is only ever reported, with bisecting and one retry
    batches = ["a bad b", "bad b", "bad b", "c"]
    given_up = [("RetryAttemptsExhausted", 2)]

    def observe(engine: Engine) -> Any:
        settings = {**REPORTS, **BISECTS, "MaximumRetryAttempts": 1, "BatchSize": 3}
        stream = Stream(engine, "a bad b c", fails("report", engine), **settings)
        return stream.outcome(batches, given_up)

    # Then what follows it in the batch is given up with it
    gap(observe, (batches, given_up))


@pytest.mark.proves("A6")
def test_an_error_halves_the_batch_until_the_bad_record_is_alone(gap: Gap) -> None:
    # Given a function that raises for one record, When batches are bisected
    batches = ["a bad b c", "a bad", "a", "bad", "b c"]
    given_up = [("RetryAttemptsExhausted", 1)]

    def observe(engine: Engine) -> Any:
        settings = {**BISECTS, "MaximumRetryAttempts": 0}
        stream = Stream(engine, "a bad b c", fails("raise", engine), **settings)
        return stream.outcome(batches, given_up)

    # Then only that record is given up
    gap(observe, (batches, given_up))


@pytest.mark.proves("A6")
def test_a_failing_batch_is_given_up_after_its_retries(gap: Gap) -> None:
    # Given a function that raises, and one retry
    batches = ["bad a", "bad a", "b c"]
    given_up = [("RetryAttemptsExhausted", 2)]

    # When the whole batch fails again
    def observe(engine: Engine) -> Any:
        settings = {"BatchSize": 2, "MaximumRetryAttempts": 1}
        stream = Stream(engine, "bad a b c", fails("raise", engine), **settings)
        return stream.outcome(batches, given_up)

    # Then it is given up and the stream goes on
    gap(observe, (batches, given_up))


@pytest.mark.proves("A6")
def test_a_failing_batch_is_given_up_when_it_is_too_old(gap: Gap) -> None:
    # Given records that always fail and may be one second old, When that is over
    def observe(engine: Engine) -> Any:
        settings = {"MaximumRecordAgeInSeconds": 1, "BatchSize": 2}
        stream = Stream(engine, "bad a", fails("raise", engine), **settings)
        return stream.given_up([("RecordAgeExceeded", 2)])

    # Then they are given up, whatever retries are left
    gap(observe, [("RecordAgeExceeded", 2)])


@pytest.mark.proves("A6")
def test_records_that_the_filter_leaves_out_do_not_disturb_the_cut(patched: Engine) -> None:
    # Given a filter that lets through what is x, among others
    pattern = {"dynamodb": {"Keys": {"id": {"S": [{"prefix": "x"}, {"prefix": "once-x"}]}}}}
    settings = {**REPORTS, "FilterCriteria": {"Filters": [{"Pattern": json.dumps(pattern)}]}}

    # When the second of three fails once
    stream = Stream(patched, "a x1 b once-x2 c x3 d", fails("report", patched), **settings)

    # Then it is sent again with the third
    expected = ["x1 once-x2 x3", "once-x2 x3"]
    assert stream.batches(expected) == expected


def test_what_comes_during_the_retries_waits_for_its_turn(patched: Engine) -> None:
    # Given a mapping that retries
    settings = {"BatchSize": 1, "MaximumRetryAttempts": 2}
    stream = Stream(patched, "bad", fails("raise", patched), **settings)

    # When another record comes
    stream.put("later")

    # Then it is sent after the last retry
    expected = ["bad", "bad", "bad", "later"]
    assert stream.batches(expected) == expected


def test_a_mapping_that_waits_for_its_function_does_not_block_another(
    patched: Engine, tmp_path: Path
) -> None:
    # Given a mapping whose function does not end
    gate = tmp_path / "gate"
    blocked = patched.create_function(WAITING_CODE, GATE=str(gate))
    Stream(patched, "a", blocked)
    assert eventually(lambda: patched.journal(blocked), bool) == ["waits"]
    other = Stream(patched, "a", fails("raise", patched))

    # When another table's stream has records
    assert other.batches(["a"]) == ["a"]
    other.put("b")

    # Then they are processed all the same
    assert other.batches(["a", "b"]) == ["a", "b"]
    gate.touch()


def test_a_deleted_mapping_ends_its_retries(patched: Engine) -> None:
    # Given a mapping that retries without end
    stream = Stream(patched, "bad", fails("raise", patched))
    assert eventually(lambda: len(patched.journal(stream.function)) >= 2, bool)

    # When it is deleted, and another takes the stream over with a good function
    patched.client("lambda").delete_event_source_mapping(UUID=stream.mapping)
    before = len(patched.journal(stream.function))
    good = Stream(patched, "a", fails("raise", patched))
    assert good.batches(["a"]) == ["a"]

    # Then at most the invocation that was under way has ended
    assert len(patched.journal(stream.function)) <= before + 1
