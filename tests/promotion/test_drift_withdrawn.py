"""What a rollback has taken out is no remedy of drift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pipeline.inspect.drift.reading import applied_again, mending_of, verified_and_running
from pipeline.records.record import Record
from tests.pipeline.builders import environment, record

A, B = "a" * 64, "b" * 64
DEV = environment("dev")
FAILED_DEPLOY = [{"name": "deploy", "outcome": "failed", "seconds": 1.0, "detail": ""}]


def _back(number: int, **more: Any) -> Record:
    return record(number, A, kind="rollback", withdraws=B, **more)


def _promote(records: Sequence[Record]) -> str:
    found = verified_and_running(records)
    assert found is not None
    return mending_of(DEV, records, found).promote


def test_the_verified_release_is_promoted_again() -> None:
    records = [record(1, A), record(2, B)]

    assert _promote(records) == f"./baton promote dev {B[:12]}"
    assert applied_again("dev", records).commands == (f"./baton promote dev {B[:12]} --force-plan",)


def test_after_a_rollback_the_release_that_runs_applies_the_same_infrastructure() -> None:
    records = [record(1, A), record(2, B), _back(3)]

    assert _promote(records) == f"./baton promote dev {A[:12]}"
    assert applied_again("dev", records).commands == (f"./baton promote dev {A[:12]} --force-plan",)


def test_where_the_infrastructure_is_another_there_is_no_command_but_the_way() -> None:
    # Given a release with an infrastructure of its own, which goes forward only
    records = [record(1, A), record(2, B, infrastructure="j"), _back(3, infrastructure="j")]

    # When drift of the units is to be put right, Then the next release does it
    again = applied_again("dev", records)
    assert again.commands == ()
    assert "was taken out by rollback 3: fix it, ./baton build, and promote" in again.note


@pytest.mark.parametrize("failed", [[], [record(4, B, verified=False)]])
def test_where_the_rollback_has_failed_it_is_done_again(failed: list[Record]) -> None:
    # Given that what was taken out runs on
    records = [record(1, A), record(2, B), _back(3, verified=False, steps=FAILED_DEPLOY), *failed]

    assert _promote(records) == f"./baton rollback dev {A[:12]}"
    assert applied_again("dev", records).commands == ()


def test_what_is_verified_again_is_a_remedy_again() -> None:
    records = [record(1, A), record(2, B), _back(3), record(4, B)]

    assert _promote(records) == f"./baton promote dev {B[:12]}"
    assert applied_again("dev", records).commands == (f"./baton promote dev {B[:12]} --force-plan",)
