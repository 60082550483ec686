"""Points in time, as they are written and listed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain import instants
from tests.service.samples import NOW

moments = st.integers(int(instants.EARLIEST.timestamp()), int(instants.LATEST.timestamp()) - 1).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


@given(moments, moments)
def test_the_order_of_texts_is_the_order_of_times(one: datetime, other: datetime) -> None:
    # Given two instants, in whole seconds
    # When both are written
    texts = instants.text(one), instants.text(other)
    # Then they sort alike, and are read back
    assert (texts[0] < texts[1]) == (one < other)
    assert instants.parse(texts[0]) == one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-01-31T08:00:00",
        "1700000000",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-02-30T00:00:00Z",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    # Given no instant / When it is read / Then it is a ValueError, never an OverflowError
    with pytest.raises(ValueError):  # noqa: PT011
        instants.parse(text)


def test_offsets_become_utc() -> None:
    # Given an instant somewhere else / When it is read and written / Then it is in UTC
    assert instants.text(instants.parse("2026-01-31T01:30:00.9+02:00")) == "2026-01-30T23:30:00Z"


def test_hours_include_both_ends() -> None:
    # Given a span that begins and ends within an hour
    first, last = datetime(2026, 1, 31, 22, 59, tzinfo=UTC), datetime(2026, 2, 1, 0, 1, tzinfo=UTC)
    # When its hours are listed / Then those of both ends are among them
    assert instants.hours(first, last) == ["2026-01-31T22", "2026-01-31T23", "2026-02-01T00"]


def test_hours_of_one_instant_are_its_own() -> None:
    # Given one instant as both ends / When hours are listed / Then it is one, and begins so
    assert instants.hours(NOW, NOW) == ["2026-03-10T12"]
    assert instants.start_of_hour("2026-03-10T12") == NOW.replace(minute=0)


def test_days_include_both_ends() -> None:
    # Given two days / When the days between are listed / Then both are among them
    last = date(2026, 3, 1)
    assert instants.days(date(2026, 2, 27), last) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        last,
    ]
    assert instants.days(last, last) == [last]
    assert instants.days(last, date(2026, 2, 27)) == []
