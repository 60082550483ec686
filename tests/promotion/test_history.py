"""An environment's records: read only as far as they are looked at, and not believed if changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.errors import BatonError
from pipeline.records import history
from pipeline.records.history import append, read_history
from pipeline.records.record import Record, last_of, last_verdict, last_verified
from pipeline.release.manifest import digest
from tests.pipeline.builders import record
from tests.pipeline.conftest import session  # noqa: F401 - a fixture
from tests.promotion.histories import DEV, artifact_store, fill, put

STORED = Path(__file__).parent / "stored"
A, B = "a" * 64, "b" * 64


@pytest.fixture
def store(session: boto3.Session) -> Any:  # noqa: F811
    return artifact_store(session)


@pytest.fixture
def calls(store: Any) -> Counter[str]:
    """How often each operation of S3 is called from now on."""
    counted: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        counted[model.name] += 1

    store._s3.meta.events.register("before-call.s3", count)
    return counted


# what is read


def test_listing_reads_no_record(store: Any, calls: Counter[str]) -> None:
    fill(store, 12)
    calls.clear()

    records = read_history(store)

    assert len(records) == 12
    assert calls == {"ListObjectVersions": 1}


@pytest.mark.parametrize("count", [12, 40])
def test_the_newest_record_costs_the_same_however_many_there_are(
    store: Any, calls: Counter[str], count: int
) -> None:
    fill(store, count)
    calls.clear()

    records = read_history(store)

    assert records[-1].number == count
    assert last_verified(records) == records[-1]
    assert last_of(records, f"{count - 1:064x}") == records[-2]
    assert calls == {"ListObjectVersions": 1, "GetObject": history.FIRST}


def test_no_record_is_read_twice(store: Any, calls: Counter[str]) -> None:
    # Given records of which none is verified, so that looking for one goes through all
    fill(store, 30, verified=False)
    calls.clear()
    records = read_history(store)

    # When all are read, backwards, forwards and as a slice
    assert last_verified(records) is None
    assert [each.number for each in records] == list(range(1, 31))
    assert [each.number for each in records[-3:]] == [28, 29, 30]

    # Then each was read once
    assert calls["GetObject"] == 30


def test_more_records_than_a_page_of_the_list_are_all_there(
    store: Any, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store._s3.get_paginator
    monkeypatch.setattr(store._s3, "get_paginator", lambda name: Paged(real(name)))
    fill(store, 7)

    assert len(read_history(store)) == 7
    assert calls["ListObjectVersions"] == 3


class Paged:
    """A paginator whose pages are short."""

    def __init__(self, paginator: Any) -> None:
        self._paginator = paginator

    def paginate(self, **arguments: Any) -> Any:
        return self._paginator.paginate(**arguments, PaginationConfig={"PageSize": 3})


@given(count=st.integers(0, 90), data=st.data())
def test_it_is_the_sequence_that_a_list_would_be(count: int, data: st.DataObject) -> None:
    # Given records that a store answers from memory
    stored = [record(number, A) for number in range(1, count + 1)]
    records = history.History(InMemory(stored), count)  # type: ignore[arg-type]
    index = st.integers(-count - 2, count + 2)

    # When it is asked what a list can be asked, Then it says the same
    for _ in range(3):
        chosen = slice(data.draw(st.none() | index), data.draw(st.none() | index))
        assert records[chosen] == stored[chosen]
        at = data.draw(index)
        assert attempt(lambda at=at: records[at]) == attempt(lambda at=at: stored[at])
    assert list(reversed(records)) == stored[::-1]
    assert (list(records), len(records), bool(records)) == (stored, count, bool(stored))


class InMemory:
    """A store that holds records, and nothing else."""

    environment = DEV

    def __init__(self, records: list[Record]) -> None:
        self._records = {each.key: each.to_bytes() for each in records}

    def read(self, key: str) -> bytes | None:
        return self._records.get(key)


def attempt(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except IndexError as error:
        return type(error)


# what is appended


def test_each_record_names_the_bytes_of_the_one_before(store: Any) -> None:
    fill(store, 3)

    first, second, third = read_history(store)

    assert first.previous == ""
    assert second.previous == digest(store.read(first.key))
    assert third.previous == digest(store.read(second.key))


def test_of_two_that_append_at_once_the_second_names_the_first(store: Any) -> None:
    # Given two runs that have both seen one record
    fill(store, 1)

    # When both append
    append(store, record(2, A))
    late = append(store, record(2, B))

    # Then the later one comes after the other, and the chain holds
    assert late.number == 3
    assert late.previous == digest(store.read("promotions/000002.json"))
    assert [each.release for each in read_history(store)][1:] == [A, B]


def test_an_answer_that_was_lost_makes_no_second_record(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a store that has written, but says that somebody was faster: boto3 has asked twice
    real = store.create
    monkeypatch.setattr(store, "create", lambda key, content: real(key, content) and False)

    # When a record is appended, Then it is there once
    assert append(store, record(1, A)).number == 1
    assert len(read_history(store)) == 1


def test_nothing_is_appended_to_a_record_that_is_gone(store: Any) -> None:
    with pytest.raises(BatonError, match=r"promotions/000004\.json is gone"):
        append(store, record(5, A))


def test_a_store_that_takes_no_record_is_given_up(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "create", lambda *_: False)

    with pytest.raises(BatonError, match="no number was free for the record of dev"):
        append(store, record(1, A))


# what is older


def test_records_that_are_older_than_the_chain_are_read_and_gone_on_from(store: Any) -> None:
    # Given two records as they were written before there was a chain
    old = (STORED / "dev.json").read_bytes()
    assert b'"previous"' not in old
    put(store, 1, old)
    put(store, 2, old.replace(b'"number": 1', b'"number": 2'))

    # When another is appended
    append(store, record(3, A))

    # Then all are read, and the new one names the old
    first, second, third = read_history(store)
    assert (first.previous, second.previous) == ("", "")
    assert (first.kind, first.withdraws, first.fell_back_to) == ("promotion", None, None)
    assert third.previous == digest(store.read(second.key))


# what is found


def test_a_release_is_mentioned_where_it_went_and_where_it_was_taken_out() -> None:
    records = [record(1, A), record(2, B), record(3, A, kind="rollback", withdraws=B)]

    assert last_of(records, B) == records[1]
    assert last_verdict(records, B) == records[2]
    assert last_verdict(records, A) == records[2]
    assert last_verdict(records, "c") is None
