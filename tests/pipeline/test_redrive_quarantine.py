"""Parked records: what redrive reads of table and bucket, and takes out; on moto."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest

from pipeline.redrive.entries import NotTakenError
from pipeline.redrive.keys import UNDATED
from pipeline.redrive.quarantine import Names, Quarantine
from tests.pipeline.builders import environment
from tests.pipeline.redriving import (
    BUCKET,
    PROCESSOR,
    TABLE,
    TODAY,
    make_quarantine,
    number,
    park,
    stream_record,
)

DEV = environment("dev")


@pytest.fixture
def quarantine(session: boto3.Session) -> Quarantine:
    make_quarantine(session)
    return Quarantine(session, DEV, Names(TABLE, BUCKET, PROCESSOR), days=14, today=TODAY)


def test_parked_records_are_listed_as_far_back_as_asked(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    # Given a record of today, one of the first day that is looked at, and one of the day before
    today = park(session, stream_record(place=300))
    first = park(session, stream_record(place=200), TODAY - timedelta(days=14))
    park(session, stream_record(place=100), TODAY - timedelta(days=15))
    # And one that did not say when it was made
    undated = park(session, stream_record(place=400), UNDATED)

    # When
    with quarantine.entries(0) as entries:
        found = {entry.id: entry for entry in entries}

    # Then
    assert found.keys() == {today, first, undated}
    row = (today, "quarantine", "2026-03-02 09:30Z", "1", "schema version 2 is not known")
    assert found[today].as_row() == row


def test_a_pointer_without_attributes_still_leads_to_its_object(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    # Given a pointer of which only the key is left
    park(session, stream_record())
    key = {"pk": {"S": f"QUARANTINE#{TODAY}"}, "sk": {"S": number(100)}}
    session.client("dynamodb").put_item(TableName=TABLE, Item=key)

    with quarantine.entries(0) as (entry,):
        assert quarantine.show(entry) == stream_record()
        assert entry.reason == "no reason given"


def test_a_parked_record_is_taken_out_with_its_pointer_and_kept_as_a_version(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    park(session, stream_record())

    with quarantine.entries(0) as (entry,):
        quarantine.remove(entry)
        quarantine.remove(entry)  # as another redrive may have done at the same time

    with quarantine.entries(0) as entries:
        assert entries == []
    s3 = session.client("s3")
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert s3.list_object_versions(Bucket=BUCKET)["Versions"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{"])
def test_an_object_that_is_no_record_is_said_to_be_none(
    content: bytes, session: boto3.Session, quarantine: Quarantine
) -> None:
    park(session, stream_record())
    key = f"quarantine/{TODAY}/{number(100)}.json"
    session.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)

    with quarantine.entries(0) as (entry,), pytest.raises(NotTakenError, match="no stream record"):
        quarantine.prepare(entry)


def test_an_object_that_is_gone_is_said_to_be(
    session: boto3.Session, quarantine: Quarantine
) -> None:
    park(session, stream_record())
    session.client("s3").delete_object(Bucket=BUCKET, Key=f"quarantine/{TODAY}/{number(100)}.json")

    with quarantine.entries(0) as (entry,), pytest.raises(NotTakenError, match="not there any"):
        quarantine.prepare(entry)
