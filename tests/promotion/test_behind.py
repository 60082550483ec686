"""`baton diff` says which of two environments has the older release."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.inspect.diff.behind import behind
from pipeline.inspect.diff.comparing import Side, compare
from pipeline.inspect.diff.sides import _releases
from pipeline.records.record import Record, last_verified
from tests.pipeline.builders import record

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)


def side(name: str, *records: Record) -> Side:
    """An environment with these records."""
    own = [each.model_copy(update={"environment": name}) for each in records]
    verified = last_verified(own)
    assert verified is not None
    return Side(verified, {}, {}, {}, "", releases=_releases(own))


def failed(number: int, release: str) -> Record:
    return record(number, release, verified=False)


def back(number: int, to: str, of: str) -> Record:
    return record(number, to, kind="rollback", withdraws=of)


CASES: list[tuple[list[Record], list[Record], str]] = [
    ([record(1, A), record(2, B)], [record(1, A)], "staging is behind dev by 1 release"),
    ([record(1, A)], [record(1, A), record(2, B)], "dev is behind staging by 1 release"),
    (
        [record(1, A), record(2, B), record(3, B), failed(4, D), record(5, C)],
        [record(1, A)],
        "staging is behind dev by 2 releases",
    ),
    ([record(1, B)], [record(1, A)], "neither has verified the other's release"),
    ([record(1, B), failed(2, A)], [record(1, A)], "neither has verified the other's release"),
    (
        [record(1, A), record(2, B), back(3, A, B)],
        [record(1, A), record(2, B)],
        f"dev went back to {A[:12]} by rollback 3",
    ),
    (
        [record(1, A), record(2, B)],
        [record(1, A), record(2, B), back(3, A, B)],
        f"staging went back to {A[:12]} by rollback 3",
    ),
]


@pytest.mark.parametrize(("dev", "staging", "said"), CASES)
def test_the_side_with_the_older_release_is_named(
    dev: list[Record], staging: list[Record], said: str
) -> None:
    left, right = side("dev", *dev), side("staging", *staging)

    # whichever side is named first
    assert behind(left, right) == behind(right, left) == said


def test_it_is_the_reason_in_the_table() -> None:
    found: Any = compare(side("dev", record(1, A), record(2, B)), side("staging", record(1, A)))

    assert found[0].as_row()[-1] == "staging is behind dev by 1 release"
