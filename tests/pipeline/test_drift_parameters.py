"""Parameters from three sides: each difference is told once, under the side that has moved."""

from __future__ import annotations

import pytest

from pipeline.drift.handoff import Rendered
from pipeline.drift.parameters import promoted_at_once
from tests.pipeline.drifting import AS_DEPLOYED, PARAMETERS, drift, stack, told

MOVED = PARAMETERS | {"TableName": "other", "ApiRevision": "rev-2"}


def test_the_same_from_all_sides_is_no_drift() -> None:
    assert drift() == []


def test_an_output_that_moved_is_the_states_and_its_revisions_are_not_told_apart() -> None:
    # Given states that give another table, and so another revision of the function that uses it
    # When the stack still has what was recorded
    (found,) = drift(rendered=Rendered(MOVED))

    # Then the parameter is told, and promoting brings the sides together
    assert told([found]) == [("state", "parameter TableName", "table", "other")]
    assert found.remedy.startswith("./baton promote dev cccccccccccc")


def test_a_revision_that_moved_alone_is_told() -> None:
    found = drift(rendered=Rendered(PARAMETERS | {"ApiRevision": "rev-2"}))

    assert told(found) == [("state", "parameter ApiRevision", "rev-1", "rev-2")]


def test_a_parameter_that_the_stack_alone_has_otherwise_was_changed_by_hand() -> None:
    (found,) = drift(stack=stack(parameters=AS_DEPLOYED | {"TableName": "mine"}))

    assert told([found]) == [("stack", "parameter TableName", "table", "mine")]
    assert "sam deploy --config-env dev" in found.remedy


def test_what_was_deployed_by_hand_from_the_states_is_unrecorded() -> None:
    # Given somebody who rendered and deployed after the states had moved
    found = drift(
        rendered=Rendered(MOVED),
        stack=stack(parameters=MOVED | {"Password": "****"}),
        functions={},
    )

    # Then no side is wrong but the record, which knows nothing of it
    assert told(found)[0] == ("unrecorded", "parameter TableName", "table", "other")
    assert [each.kind for each in found] == ["unrecorded", "function"]


def test_where_state_and_stack_have_both_moved_each_is_told() -> None:
    found = drift(
        rendered=Rendered(PARAMETERS | {"TableName": "other"}),
        stack=stack(parameters=AS_DEPLOYED | {"TableName": "mine"}),
    )

    assert told(found) == [
        ("state", "parameter TableName", "table", "other"),
        ("stack", "parameter TableName", "table", "mine"),
    ]


def test_a_parameter_that_the_stack_lacks_or_has_besides_is_told() -> None:
    parameters = {name: value for name, value in AS_DEPLOYED.items() if name != "TableName"}

    found = drift(stack=stack(parameters=parameters | {"Extra": "x"}))

    assert told(found) == [
        ("stack", "parameter Extra", None, "x"),
        ("stack", "parameter TableName", "table", None),
    ]


def test_a_secret_parameter_is_told_and_not_shown() -> None:
    # Given a NoEcho parameter that the states now give another value
    found = drift(rendered=Rendered(PARAMETERS | {"Password": "sesame"}))

    # Then neither value is anywhere in the finding
    assert told(found) == [("state", "parameter Password", "(not shown)", "(not shown)")]
    assert not [word for word in ("rosebud", "sesame") if word in str(found)]


@pytest.mark.parametrize(
    ("recorded", "at_once"),
    [
        ({"Canary": "false", "Type": "AllAtOnce", "Other": "moved"}, True),
        ({"Canary": "true", "Type": "Canary10Percent5Minutes", "Other": "1"}, False),
        ({"Canary": "false", "Type": "Canary10Percent5Minutes", "Other": "1"}, False),
    ],
)
def test_a_promotion_without_canary_shows_in_all_that_a_canary_decides(
    recorded: dict[str, str], at_once: bool
) -> None:
    with_canary = {"Canary": "true", "Type": "Canary10Percent5Minutes", "Other": "1"}
    without = {"Canary": "false", "Type": "AllAtOnce", "Other": "1"}

    assert promoted_at_once(recorded, with_canary, without) is at_once


def test_where_a_canary_decides_nothing_no_promotion_was_at_once() -> None:
    assert not promoted_at_once(PARAMETERS, PARAMETERS, PARAMETERS)
