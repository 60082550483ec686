"""The hand-off's part as a whole: the stack's state, and a contract that the states have broken."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from codegen.errors import BatonError
from codegen.place import Place
from codegen.problems import ContractError, Kind, Problem
from codegen.sources.state import StateOutputs
from pipeline.inspect.drift.findings import Finding, shown
from pipeline.inspect.drift.handoff import Rendered
from pipeline.inspect.drift.rendering import rendered_from
from pipeline.records.record import Record
from tests.pipeline.builders import environment, record
from tests.pipeline.drifting import ENDED, PARAMETERS, drift, stack, told

GONE = Problem(
    Kind.OUTPUT_MISSING,
    Place("parameters.yaml.j2", 3),
    "outputs.data.table_name of dev is not in the state",
)


def test_a_contract_that_the_states_have_broken_is_a_finding_and_the_rest_is_compared() -> None:
    # Given an output that is gone, and a parameter that was changed by hand
    found = drift(
        rendered=Rendered(None, [GONE]),
        stack=stack(parameters=PARAMETERS | {"Memory": "640"}),
    )

    # Then both are told
    assert told(found) == [
        ("contract", "parameters.yaml.j2:3", "fits", GONE.what),
        ("stack", "parameter Memory", "512", "640"),
    ]
    assert (found[0].commands, found[0].note) == ((), Kind.OUTPUT_MISSING.remedy)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"])
def test_a_settled_stack_is_no_drift(status: str) -> None:
    assert drift(stack=stack(status)) == []


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("UPDATE_ROLLBACK_FAILED", "describe-stack-events --stack-name desk-dev"),
        ("DELETE_FAILED", "describe-stack-events --stack-name desk-dev"),
        ("UPDATE_IN_PROGRESS", "wait until the deployment at work has ended"),
    ],
)
def test_a_stack_in_any_other_state_is_told(status: str, says: str) -> None:
    (found,) = drift(stack=stack(status))

    assert told([found]) == [("stack", "stack status", "settled", status)]
    assert says in "\n".join((found.note, *found.commands))


@pytest.mark.parametrize(("seconds", "count"), [(1, 1), (0, 0), (-1, 0)])
def test_a_roll_back_is_told_if_nothing_was_verified_since(seconds: int, count: int) -> None:
    # Given a stack that keeps the name of its last roll-back until an update has changed something
    changed_at = ENDED + datetime.timedelta(seconds=seconds)

    found = drift(stack=stack("UPDATE_ROLLBACK_COMPLETE", changed_at=changed_at))

    assert len(found) == count


def _outputs(**values: Any) -> StateOutputs:
    return StateOutputs(values={"data": values}, sensitive={}, serials={}, lineages={})


def _render_table(_: Any, outputs: StateOutputs) -> dict[str, str]:
    table = outputs.values["data"].get("table_name")
    if table is None:
        raise ContractError([GONE])
    return {"TableName": table}


RECORD = record(1, "c" * 64, outputs={"data": {"table_name": "table"}}, parameters=PARAMETERS)


def test_what_the_states_no_longer_give_breaks_the_contract() -> None:
    assert rendered_from(_render_table, environment(), _outputs(), RECORD) == Rendered(None, [GONE])


def test_a_contract_that_was_broken_on_the_recorded_outputs_too_is_no_drift() -> None:
    # Given templates that codegen takes no longer, whatever the outputs
    def render(*_: Any) -> dict[str, str]:
        raise ContractError([GONE])

    # When they are rendered again, Then it cannot be told whether the states have moved
    with pytest.raises(BatonError, match="cccccccccccc cannot be rendered any more"):
        rendered_from(render, environment(), _outputs(), RECORD)


@pytest.mark.parametrize(
    ("at_once", "canary"), [(True, "none"), (False, "Canary10Percent5Minutes")]
)
def test_a_promotion_at_once_is_rendered_without_canary(at_once: bool, canary: str) -> None:
    # Given settings that ask for a canary, and a record that says whether the promotion had one
    settings = environment(functions=_functions("Canary10Percent5Minutes"))
    promoted = record(1, "c" * 64, at_once=at_once)

    # When the hand-off is rendered again
    rendered = rendered_from(
        lambda settings, _: {"Type": settings.functions.canary}, settings, _outputs(), promoted
    )

    # Then it is rendered as it was then
    assert rendered.parameters == {"Type": canary}


def _functions(canary: str) -> dict[str, Any]:
    return environment().functions.model_dump() | {"canary": canary}


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, "–"), ("", "(empty)"), ("a\nb", "a b"), ("x" * 49, "x" * 49)],
)
def test_a_value_is_one_line_of_the_table(value: str | None, cell: str) -> None:
    assert shown(value) == cell


def test_of_a_long_value_both_ends_are_shown() -> None:
    assert shown("<" + "x" * 60 + ">") == "<" + "x" * 23 + "…" + "x" * 23 + ">"


def test_a_finding_has_the_same_names_for_every_machine() -> None:
    found = Finding("state", "parameter TableName", "table", None, ("promote",), "soon")

    assert found.as_json() == {
        "part": "hand-off",
        "kind": "state",
        "subject": "parameter TableName",
        "expected": "table",
        "actual": None,
        "commands": ("promote",),
        "note": "soon",
    }


def test_a_record_that_does_not_say_it_was_no_promotion_at_once() -> None:
    # Given a record that is older than the field, When it is read, Then the canary was there
    older = record(1, "c" * 64).model_dump(exclude={"at_once"})
    assert not Record.model_validate(older).at_once
