"""Drift of the units: told apart by who has moved, never showing what is sensitive."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.inspect.drift.findings import HIDDEN, UNITS, Finding, Remedy
from pipeline.inspect.drift.units import PlannedUnit, unit_findings

TABLE = "aws_dynamodb_table.this"
AGAIN = Remedy(("./baton promote dev aaaaaaaaaaaa --force-plan",))


def _change(*actions: str, before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    change = {"actions": list(actions), "before": before, "after": after, **more}
    return {"address": TABLE, "change": change}


def _found(
    *changes: dict[str, Any], outside: Any = (), moved: bool = False, **more: Any
) -> list[Finding]:
    plan = {"resource_changes": list(changes), "resource_drift": list(outside), **more}
    return unit_findings(PlannedUnit("data", plan, moved), AGAIN)


def _told(found: list[Finding]) -> list[tuple[str, str, str | None, str | None]]:
    return [(each.kind, each.subject, each.expected, each.actual) for each in found]


UPDATE = _change("update", before={"mode": "B", "name": "t"}, after={"mode": "A", "name": "t"})
SEEN = _change("update", before={"mode": "A", "name": "t"}, after={"mode": "B", "name": "t"})


def test_a_unit_that_is_as_its_configuration_says_has_none() -> None:
    assert _found(_change("no-op"), _change("read")) == []


def test_what_somebody_changed_outside_is_told_with_both_sides() -> None:
    (finding,) = _found(UPDATE, outside=[SEEN])

    assert _told([finding]) == [("resource", f"data: {TABLE}.mode", "A", "B")]
    assert finding.commands == AGAIN.commands
    assert finding.part == UNITS


def test_what_terraform_sees_and_would_leave_alone_is_no_drift() -> None:
    # the refresh finds a difference (the emulator's null tags), and the plan changes nothing
    assert _found(_change("no-op"), outside=[SEEN]) == []


@pytest.mark.parametrize(("moved", "kind"), [(False, "unapplied"), (True, "unrecorded")])
def test_what_nobody_touched_is_an_apply_that_is_missing_or_was_not_recorded(
    moved: bool, kind: str
) -> None:
    assert _told(_found(UPDATE, moved=moved)) == [(kind, f"data: {TABLE}.mode", "A", "B")]


def test_another_attribute_than_the_one_that_was_changed_outside_is_told_by_itself() -> None:
    both = _change("update", before={"mode": "B", "ttl": 1}, after={"mode": "A", "ttl": 2})

    found = _found(both, outside=[SEEN])

    assert _told(found) == [
        ("resource", f"data: {TABLE}.mode", "A", "B"),
        ("unapplied", f"data: {TABLE}.ttl", "2", "1"),
    ]


def test_what_was_deleted_outside_is_missing_and_what_is_too_much_is_there() -> None:
    gone = _change("delete", before={"name": "t"})

    assert _told(_found(_change("create", after={}), outside=[gone])) == [
        ("resource", f"data: {TABLE}", "there", None)
    ]
    assert _told(_found(_change("delete", before={}), moved=True)) == [
        ("unrecorded", f"data: {TABLE}", None, "there")
    ]


def test_a_replacement_names_what_makes_it_necessary() -> None:
    replaced = _change(
        *("delete", "create"),
        before={"name": "b", "arn": "1"},
        after={"name": "a"},
        after_unknown={"arn": True},
    )

    assert _told(_found(replaced)) == [("unapplied", f"data: {TABLE}.name", "a", "b")]


def test_what_only_an_apply_will_know_follows_from_something_that_is_told() -> None:
    follows = _change("update", before={"body": "b"}, after={}, after_unknown={"body": True})

    assert _found(follows) == []


@pytest.mark.parametrize("marks", [True, {"mode": True}, {"mode": [{"inner": True}]}])
def test_a_sensitive_value_is_not_shown(marks: Any) -> None:
    secret = _change("update", before={"mode": "old"}, after={"mode": "new"}, after_sensitive=marks)

    assert _told(_found(secret)) == [("unapplied", f"data: {TABLE}.mode", HIDDEN, HIDDEN)]


def test_a_block_without_a_sensitive_place_is_shown() -> None:
    marks = {"before_sensitive": {"mode": [{}]}, "after_sensitive": {"mode": [{}], "other": True}}
    block = _change("update", before={"mode": [{"on": False}]}, after={"mode": [{"on": True}]})
    block["change"] |= marks

    assert _told(_found(block)) == [
        ("unapplied", f"data: {TABLE}.mode", '[{"on": true}]', '[{"on": false}]')
    ]


def test_an_output_that_would_change_is_told_unless_it_is_sensitive() -> None:
    outputs = {
        "same": {"actions": ["no-op"]},
        "name": {"actions": ["update"], "before": "b", "after": "a"},
        "token": {"actions": ["update"], "before": "b", "after": "a", "after_sensitive": True},
    }

    assert _told(_found(output_changes=outputs)) == [
        ("unapplied", "data: output name", "a", "b"),
        ("unapplied", "data: output token", HIDDEN, HIDDEN),
    ]


def test_a_plan_on_mocks_says_nothing_of_the_resources() -> None:
    mocked = _change("update", before={"vpc": "vpc-1"}, after={"vpc": "vpc-mock0000"})

    assert _told(_found(mocked)) == [
        ("unapplied", "data: what it depends on", "has outputs", "has none")
    ]
