"""Parameters from three sides: each difference is told once, under the side that has moved."""

from __future__ import annotations

from pipeline.inspect.drift.handoff import Rendered
from tests.pipeline.drifting import PARAMETERS, drift, stack, told

MOVED = PARAMETERS | {"TableName": "other", "ApiRevision": "rev-2"}


def test_the_same_from_all_sides_is_no_drift() -> None:
    assert drift() == []


def test_an_output_that_moved_is_the_states_and_its_revisions_are_not_told_apart() -> None:
    # Given states that give another table, and so another revision of the function that uses it
    # When the stack still has what was recorded
    (found,) = drift(rendered=Rendered(MOVED))

    # Then the parameter is told, and promoting brings the sides together
    assert told([found]) == [("state", "parameter TableName", "table", "other")]
    assert found.commands == ("./baton promote dev cccccccccccc",)
    assert "deploys what the states say then" in found.note


def test_a_revision_that_moved_alone_is_told() -> None:
    found = drift(rendered=Rendered(PARAMETERS | {"ApiRevision": "rev-2"}))

    assert told(found) == [("state", "parameter ApiRevision", "rev-1", "rev-2")]


def test_a_parameter_that_the_stack_alone_has_otherwise_was_changed_by_hand() -> None:
    (found,) = drift(stack=stack(parameters=PARAMETERS | {"TableName": "mine"}))

    assert told([found]) == [("stack", "parameter TableName", "table", "mine")]
    assert (found.commands, found.note) == (("./baton promote dev cccccccccccc",), "")


def test_what_was_deployed_by_hand_from_the_states_is_unrecorded() -> None:
    # Given somebody who rendered and deployed after the states had moved
    found = drift(
        rendered=Rendered(MOVED),
        stack=stack(parameters=MOVED),
        functions={},
    )

    # Then no side is wrong but the record, which knows nothing of it
    assert told(found)[0] == ("unrecorded", "parameter TableName", "table", "other")
    assert [each.kind for each in found] == ["unrecorded", "function"]


def test_where_state_and_stack_have_both_moved_each_is_told() -> None:
    found = drift(
        rendered=Rendered(PARAMETERS | {"TableName": "other"}),
        stack=stack(parameters=PARAMETERS | {"TableName": "mine"}),
    )

    assert told(found) == [
        ("state", "parameter TableName", "table", "other"),
        ("stack", "parameter TableName", "table", "mine"),
    ]


def test_a_parameter_that_the_stack_lacks_or_has_besides_is_told() -> None:
    parameters = {name: value for name, value in PARAMETERS.items() if name != "TableName"}

    found = drift(stack=stack(parameters=parameters | {"Extra": "x"}))

    assert told(found) == [
        ("stack", "parameter Extra", None, "x"),
        ("stack", "parameter TableName", "table", None),
    ]


def test_blanks_after_the_commas_of_a_list_are_no_part_of_its_items() -> None:
    # Given a list that was recorded with blanks in it, and is deployed so
    parameters = PARAMETERS | {"SubnetIds": "subnet-2, subnet-1"}

    # When it is held against what Lambda has, Then it is the same
    assert drift(recorded=parameters, stack=stack(parameters=parameters)) == []
