"""The simulator of Lambda's event source mapping: that it does what AWS documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.service.processing.world import events, records
from tests.service.samples import NOW
from tests.service.stream_mapping import Killed, Settings, Shard, StreamMapping

Record = dict[str, Any]
Batch = list[str]


def settings(**changes: Any) -> Settings:
    values = {
        "batch_size": 10,
        "retries": 2,
        "max_age": timedelta(hours=1),
        "bisect": True,
        "partial": True,
        "patterns": ({"eventName": ["INSERT"]},),
    }
    return Settings(**(values | changes))


class Function:
    """A function that remembers what it was given, and answers as it is told."""

    def __init__(self, answer: Callable[[Batch], Any] = lambda _: None) -> None:
        self.answer = answer
        self.batches: list[Batch] = []

    def __call__(self, event: dict[str, Any]) -> Any:
        self.batches.append([each["dynamodb"]["SequenceNumber"] for each in event["Records"]])
        return self.answer(self.batches[-1])


def mapped(function: Function, **changes: Any) -> StreamMapping:
    return StreamMapping(settings(**changes), function, clock=lambda: NOW)


def drained(count: int, function: Function, **changes: Any) -> StreamMapping:
    """A mapping that has taken so many records, numbered from 1."""
    mapping = mapped(function, **changes)
    mapping.drain(Shard("shard-1", records(events(count))))
    return mapping


def raising(error: BaseException, *, at: str | None = None) -> Callable[[Batch], Any]:
    def answer(batch: Batch) -> Any:
        if at is None or at in batch:
            raise error
        return {"batchItemFailures": []}

    return answer


def reporting(number: str | None, times: int = 1) -> Callable[[Batch], Any]:
    left = [times]

    def answer(batch: Batch) -> Any:
        if left[0] and (number in batch or number in (None, "", "99")):
            left[0] -= 1
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        return {"batchItemFailures": []}

    return answer


def test_the_settings_are_the_templates() -> None:
    # Given the template / When the processor's mapping is read / Then it has what the tests rely on
    read = Settings.of_template()
    assert (read.batch_size, read.retries, read.max_age) == (100, 1000, timedelta(hours=1))
    assert read.bisect
    assert read.partial
    assert len(read.patterns) == 1


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": None}])
def test_batches_are_full_and_in_order(answer: Any) -> None:
    # Given 25 records / When all is well, in whichever way the function says so
    function = Function(lambda _: answer)
    drained(25, function)
    # Then they come once each, ten at a time
    assert [len(batch) for batch in function.batches] == [10, 10, 5]
    assert [int(n) for batch in function.batches for n in batch] == list(range(1, 26))


def test_what_the_filter_leaves_out_is_never_delivered() -> None:
    # Given records of which some do not match / When they come / Then the batch has the others
    made = records(events(4))
    made[1]["eventName"] = made[3]["eventName"] = "MODIFY"
    function, shard = Function(), Shard("shard-1", made)
    mapped(function).drain(shard)
    assert function.batches == [["1", "3"]]
    assert shard.done


def test_a_failed_batch_is_halved_until_the_record_is_alone() -> None:
    # Given a record that fails for ever / When its batch comes
    function = Function(raising(ValueError(), at="3"))
    mapping = drained(4, function)
    # Then halves come in their order, splitting uses up no retries, and the alone one has two
    assert function.batches == [["1", "2", "3", "4"], ["1", "2"], ["3", "4"], *[["3"]] * 3, ["4"]]
    # And the destination is told where it stands
    (document,) = mapping.destination
    assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert document["requestContext"]["approximateInvokeCount"] == 3
    assert document["DDBStreamBatchInfo"] == {
        "shardId": "shard-1",
        "startSequenceNumber": "3",
        "endSequenceNumber": "3",
        "approximateArrivalOfFirstRecord": "2026-03-10T12:30:00Z",
        "approximateArrivalOfLastRecord": "2026-03-10T12:30:00Z",
        "batchSize": 1,
        "streamArn": "arn:aws:dynamodb:us-east-1:111111111111:table/desk/stream/"
        "2026-03-10T12:30:00.000",
    }


def test_without_halving_a_failed_batch_is_given_up_whole() -> None:
    # Given a mapping that does not halve / When a batch fails for ever
    function = Function(raising(ValueError()))
    mapping = drained(3, function, bisect=False)
    # Then it comes as often as it may, and is given up together
    assert function.batches == [["1", "2", "3"]] * 3
    assert mapping.destination[0]["DDBStreamBatchInfo"]["batchSize"] == 3


def test_a_killed_function_has_failed() -> None:
    # Given a function whose process ends / When it is called / Then the record is given up in time
    mapping = drained(1, Function(raising(Killed())))
    assert len(mapping.destination) == 1


def test_what_is_reported_is_the_checkpoint() -> None:
    # Given a function that stops at the third record once / When a batch comes
    function = Function(reporting("3"))
    drained(5, function)
    # Then it is delivered from there again
    assert function.batches == [["1", "2", "3", "4", "5"], ["3", "4", "5"]]


def test_of_several_reported_the_first_is_the_checkpoint() -> None:
    # Given a function that reports two / When a batch comes / Then the earlier one counts
    answers = iter([{"batchItemFailures": [{"itemIdentifier": n} for n in ("4", "2")]}, None])
    function = Function(lambda _: next(answers))
    drained(5, function)
    assert function.batches[1] == ["2", "3", "4", "5"]


def test_a_checkpoint_that_does_not_move_uses_up_retries() -> None:
    # Given a function that reports the first record for ever / When it comes / Then it is given up
    function = Function(reporting("1", times=99))
    mapping = drained(2, function)
    assert function.batches == [["1", "2"]] * 3
    assert mapping.destination[0]["DDBStreamBatchInfo"]["batchSize"] == 2


@pytest.mark.parametrize("number", ["", None, "99"])
def test_a_report_of_no_record_is_a_failure_of_the_batch(number: str | None) -> None:
    # Given a function that reports what is no record / When a batch comes / Then it is halved
    function = Function(reporting(number))
    drained(2, function)
    assert function.batches == [["1", "2"], ["1"], ["2"]]


def test_where_reports_are_not_asked_for_they_mean_nothing() -> None:
    # Given a mapping without ReportBatchItemFailures / When a record is reported / Then it is lost
    function = Function(reporting("1"))
    drained(2, function, partial=False)
    assert function.batches == [["1", "2"]]


def test_records_that_are_too_old_are_given_up_unseen() -> None:
    # Given two records, of which the first is older than the mapping allows
    made = records(events(2))
    made[0]["dynamodb"]["ApproximateCreationDateTime"] = (NOW - timedelta(hours=2)).timestamp()
    function = Function()
    mapping = mapped(function)
    # When they come / Then the function gets the other one, and the destination is told
    mapping.drain(Shard("shard-1", made))
    assert function.batches == [["2"]]
    (document,) = mapping.destination
    assert document["requestContext"]["condition"] == "RecordAgeExceeded"
    assert document["DDBStreamBatchInfo"]["endSequenceNumber"] == "1"


def test_shards_do_not_wait_for_each_other() -> None:
    # Given two shards, of which one fails / When they are stepped through in turn
    function = Function(raising(ValueError(), at="1"))
    first, second = Shard("a", records(events(1))), Shard("b", records(events(2))[1:])
    mapping = mapped(function)
    for shard in (first, second, first):
        mapping.step(shard)
    # Then the other one goes on
    assert function.batches == [["1"], ["2"], ["1"]]
    assert (first.done, second.done) == (False, True)


@pytest.mark.parametrize(("to", "again"), [(0, ["1", "2", "3"]), (1, ["2", "3"]), (9, ["3"])])
def test_a_lost_checkpoint_skips_nothing(to: int, again: Sequence[str]) -> None:
    # Given a shard that waits at its third record
    function = Function(reporting("3", times=1))
    mapping, shard = mapped(function), Shard("shard-1", records(events(3)))
    mapping.step(shard)
    # When the checkpoint is lost / Then it goes back, and never on
    shard.rewind(to)
    mapping.step(shard)
    assert function.batches[1] == again


def test_what_a_function_does_to_a_record_stays_there() -> None:
    # Given a function that changes what it gets, and fails / When the record comes again
    def spoil(event: dict[str, Any]) -> Any:
        seen.append(event["Records"][0].pop("eventName"))
        raise ValueError

    seen: list[str] = []
    mapping = StreamMapping(settings(), spoil, clock=lambda: NOW)
    mapping.drain(Shard("shard-1", records(events(1))))
    # Then it is as it was
    assert seen == ["INSERT"] * 3
