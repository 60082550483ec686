"""Accepted drift has an owner, a reason and an end; nothing is accepted for ever."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.errors import SettingsError
from pipeline.inspect.drift.accepted import FILE, Acceptance, judge, load
from pipeline.inspect.drift.findings import Finding

UNTIL = datetime.date(2026, 12, 1)
BEFORE = UNTIL - datetime.timedelta(days=1)
ENTRY: dict[str, Any] = {
    "environment": "prod",
    "subject": 'network: aws_subnet.private["a"].tags',
    "owner": "platform",
    "reason": "the parent company's inventory tags what it finds",
    "until": UNTIL,
}


def _acceptance(**more: Any) -> Acceptance:
    return Acceptance.model_validate(ENTRY | more)


def _finding(subject: str = ENTRY["subject"]) -> Finding:
    return Finding("resource", subject, "a", "b")


def _write(root: Path, content: Any) -> Path:
    (root / FILE).parent.mkdir(parents=True)
    text = content if isinstance(content, str) else yaml.safe_dump(content)
    (root / FILE).write_text(text)
    return root


def test_what_is_accepted_is_told_apart_with_what_accepts_it() -> None:
    other = _finding("network: aws_vpc.this.tags")

    judged = judge("prod", [_finding(), other], [_acceptance()], BEFORE)

    assert judged.open == [other]
    assert judged.accepted == [(_finding(), _acceptance())]


def test_from_its_last_day_on_it_is_drift_again_and_says_so() -> None:
    judged = judge("prod", [_finding()], [_acceptance()], UNTIL)

    assert judged.open == [_finding()]
    assert judged.expired == [_acceptance()]


def test_another_environment_s_is_neither_used_nor_called_idle() -> None:
    judged = judge("staging", [_finding()], [_acceptance()], BEFORE)

    assert judged.open == [_finding()]
    assert judged.idle == []


def test_one_that_covers_nothing_is_idle() -> None:
    assert judge("prod", [], [_acceptance()], BEFORE).idle == [_acceptance()]


@pytest.mark.parametrize(
    ("pattern", "covers"),
    [
        ("network: *.tags", True),
        ('network: aws_subnet.private["?"].tags', True),
        # the brackets of an address are no set of characters
        ("network: aws_subnet.private[a].tags", False),
        ("network: aws_subnet.public*", False),
    ],
)
def test_a_pattern_means_what_it_says(pattern: str, covers: bool) -> None:
    assert _acceptance(subject=pattern).covers("prod", _finding()) is covers


def test_the_file_may_be_missing_or_empty(tmp_path: Path) -> None:
    assert load(tmp_path) == []
    assert load(_write(tmp_path, "[]")) == []


def test_the_entries_are_read(tmp_path: Path) -> None:
    assert load(_write(tmp_path, [ENTRY])) == [_acceptance()]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([{**ENTRY, "until": "soon"}], r":5: entry 1: until must be a date, such as 2027-01-31"),
        (
            [ENTRY, {k: v for k, v in ENTRY.items() if k != "owner"}],
            ":6: entry 2: owner is missing",
        ),
        ([{**ENTRY, "reason": "why not"}], ":3: entry 1: reason must be a text of at least 20"),
        ([{**ENTRY, "forever": True}], "entry 1: unknown key forever"),
        ([{**ENTRY, "subject": "*"}], "entry 1: subject must be a text of at least 3 characters"),
        ("{no: list}", ":1: must be a list of entries"),
        ("{{", r"accepted-drift\.yaml:1: "),
    ],
)
def test_what_is_not_right_is_named_by_entry(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load(_write(tmp_path, content))


def test_the_checkout_s_own_file_can_be_read() -> None:
    load(Path(__file__).parents[2])
