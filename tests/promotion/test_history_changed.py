"""Records that somebody has changed past Baton are not believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from codegen.errors import BatonError
from pipeline.records import history
from pipeline.records.history import read_history
from pipeline.records.record import last_of
from tests.pipeline.builders import record
from tests.pipeline.conftest import session  # noqa: F401 - a fixture
from tests.promotion.histories import artifact_store, fill, put, remove, versions_of

STORED = Path(__file__).parent / "stored"
A, B = "a" * 64, "b" * 64


@pytest.fixture
def store(session: boto3.Session) -> Any:  # noqa: F811
    return artifact_store(session)


@pytest.mark.proves("P4")
def test_a_record_that_was_overwritten_is_not_believed(store: Any) -> None:
    fill(store, 3)
    put(store, 2, record(2, A).to_bytes())
    later, first = versions_of(store, 2)

    with pytest.raises(BatonError, match=r"promotions/000002\.json was overwritten") as raised:
        read_history(store)

    assert raised.value.message.index(first) < raised.value.message.index(later)
    assert f"--version-id {later} --profile desk-dev" in raised.value.remedy
    assert first not in raised.value.remedy


@pytest.mark.proves("P4")
def test_a_record_that_was_deleted_is_missed(store: Any) -> None:
    fill(store, 3)
    remove(store, 3)

    with pytest.raises(BatonError, match=r"promotions/000003\.json was deleted") as raised:
        read_history(store)

    # the marker is what has to go
    assert raised.value.remedy.count("--version-id") == 1
    assert versions_of(store, 3)[0] not in raised.value.remedy


def test_a_record_that_was_deleted_and_written_again_is_missed(store: Any) -> None:
    fill(store, 2)
    remove(store, 2)
    put(store, 2, record(2, A).to_bytes())
    later, first = versions_of(store, 2)

    with pytest.raises(BatonError, match=r"000002\.json was overwritten") as raised:
        read_history(store)

    assert raised.value.remedy.count("--version-id") == 2
    assert later in raised.value.remedy
    assert first not in raised.value.remedy


@pytest.mark.parametrize("marked", [True, False])
def test_a_record_that_was_removed_with_its_versions_is_missed(store: Any, marked: bool) -> None:
    fill(store, 3)
    (version,) = versions_of(store, 2)
    if marked:
        remove(store, 2)
    remove(store, 2, VersionId=version)

    with pytest.raises(BatonError, match=r"000002\.json (was deleted|is missing)") as raised:
        read_history(store)

    assert "bring it back from a copy" in raised.value.remedy
    assert ("--version-id" in raised.value.remedy) is marked


@pytest.mark.proves("P4")
def test_a_record_whose_every_version_was_replaced_breaks_the_chain(store: Any) -> None:
    # Given somebody who may do anything, and leaves no version behind
    fill(store, 3)
    (version,) = versions_of(store, 2)
    put(store, 2, record(2, A, previous=read_history(store)[1].previous).to_bytes())
    remove(store, 2, VersionId=version)

    # When the records are read, Then the next one does not fit
    with pytest.raises(BatonError, match=r"000002\.json is not what .*000003\.json says"):
        list(read_history(store))


def test_leaving_the_chain_out_of_a_record_does_not_help(store: Any) -> None:
    # Given one that was replaced by what an older Baton would have written
    fill(store, 3)
    (version,) = versions_of(store, 3)
    put(store, 3, record(3, A).to_bytes())
    remove(store, 3, VersionId=version)

    with pytest.raises(BatonError, match=r"000002\.json is not what .*not named there"):
        list(read_history(store))


def test_chunks_are_held_against_each_other(store: Any) -> None:
    # Given a change at the border of what is read at once
    fill(store, history.FIRST + 3)
    (version,) = versions_of(store, 3)
    put(store, 3, record(3, A, previous=read_history(store)[2].previous).to_bytes())
    remove(store, 3, VersionId=version)
    records = read_history(store)
    assert records[-1].number == history.FIRST + 3  # the newest are in order, and read first

    # When the next chunk is read, Then its last does not fit the first of the one before
    with pytest.raises(BatonError, match=r"000003\.json is not what"):
        last_of(records, "none")


@pytest.mark.parametrize(
    ("said", "message"),
    [({"number": 3}, "promotion 3 of dev"), ({"environment": "prod"}, "promotion 1 of prod")],
)
def test_a_record_must_belong_where_it_lies(store: Any, said: dict[str, Any], message: str) -> None:
    put(store, 1, record(1, A).model_copy(update=said).to_bytes())

    with pytest.raises(BatonError, match=f"it says {message}"):
        list(read_history(store))


@pytest.mark.parametrize("name", ["notes.txt", "0000001.json", ""])
def test_what_is_no_record_does_not_belong_among_them(store: Any, name: str) -> None:
    store._s3.put_object(Bucket=store.bucket, Key=f"promotions/{name}", Body=b"")

    with pytest.raises(BatonError, match="is no promotion record, and nothing else belongs there"):
        read_history(store)
