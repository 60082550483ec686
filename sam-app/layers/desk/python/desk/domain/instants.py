"""Points in time as the desk writes them: UTC, whole seconds, `2026-01-31T08:00:00Z`.

One fixed width, so that the order of the texts is the order of the times: sort keys rely on it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_TWO_DIGITS = tuple(f"{number:02d}" for number in range(60))


def parse(text: str) -> datetime:
    """Read an ISO 8601 instant with an offset, as UTC in whole seconds.

    Raises
    ------
    ValueError
        It is no instant, has no offset, or is not in this century.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an offset is missing, as in 2026-01-31T08:00:00Z")
    # compared before it is converted: conversion overflows at the ends of the calendar
    if not EARLIEST <= instant < LATEST:
        raise ValueError(f"only {EARLIEST.year} to {LATEST.year - 1} can be meant")
    # what the desk has written itself is UTC in whole seconds already, and a list reads hundreds
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.replace(microsecond=0) if instant.microsecond else instant


def text(instant: datetime) -> str:
    """The instant as it is stored and answered."""
    at = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    # a list writes hundreds, and isoformat takes three times as long
    two = _TWO_DIGITS
    day = f"{at.year}-{two[at.month]}-{two[at.day]}"
    return f"{day}T{two[at.hour]}:{two[at.minute]}:{two[at.second]}Z"


def hour(instant: datetime) -> str:
    """The hour that the instant lies in, `2026-01-31T08`."""
    return text(instant)[:13]


def hours(first: datetime, last: datetime) -> list[str]:
    """Every hour from the one of `first` to the one of `last`, both included."""
    start = first.replace(minute=0, second=0, microsecond=0)
    count = int((last - start) / timedelta(hours=1)) + 1
    return [hour(start + timedelta(hours=number)) for number in range(count)]


def start_of_hour(hour: str) -> datetime:
    """The first instant of an hour, `2026-01-31T08`."""
    return parse(f"{hour}:00:00Z")


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
