"""What a state says, whose it is, and what is refused because it is none."""

from __future__ import annotations

import json
import re
import tracemalloc
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from codegen.sources.state import (
    ENVIRONMENT_TAG,
    PROJECT_TAG,
    Owner,
    StateError,
    WrongStateError,
    check_owner,
    combine,
    copies,
    parse_state,
)
from tests.codegen.builders import CHECKOUT
from tests.codegen.states import DEV, STAGING, resource, state

OURS = Owner("desk", "dev")


def test_the_tags_are_those_that_the_provider_gives() -> None:
    # Given the tags that terragrunt.hcl's provider puts on everything
    text = (CHECKOUT / "terragrunt.hcl").read_text()
    found = re.search(r"default_tags \{\s+tags = \{(.*?)\}\n\s+\}\n", text, re.DOTALL)

    # When they are read
    assert found
    tags = dict(re.findall(r'([\w-]+)\s+= "(.+)"', found[1]))

    # Then those that a state's owner is told by mean the project and the environment
    assert tags[PROJECT_TAG] == "${local.project.name}"
    assert tags[ENVIRONMENT_TAG] == "${local.environment}"


def test_an_output_has_its_value_and_a_sensitive_one_only_its_name() -> None:
    # Given a state with a sensitive output, When it is read
    read = parse_state(state())

    # Then its name is known and its value is nowhere
    assert read.values == {"table_name": "desk-dev-tickets"}
    assert read.sensitive == ["token"]
    assert "a secret" not in repr(read)


def test_of_a_key_that_is_there_twice_the_last_counts_as_for_terraform() -> None:
    # Given a state that was merged by hand
    content = state(outputs={}).replace(
        b'"outputs": {}', b'"outputs": {"a": {"value": "one"}, "a": {"value": "two"}}'
    )

    # When it is read, then it is read as `terraform output` reads it
    assert parse_state(content).values == {"a": "two"}


@pytest.mark.parametrize(
    ("changes", "empty"),
    [
        ({}, False),
        ({"outputs": {}}, False),
        ({"resources": []}, False),
        ({"resources": [], "outputs": {}}, True),
        ({"resources": [resource(DEV, mode="data")], "outputs": {}}, True),
    ],
)
def test_a_state_is_empty_without_resources_and_outputs(
    changes: dict[str, Any], empty: bool
) -> None:
    # Given a state, When it is read and put together
    combined = combine({"data": parse_state(state(**changes))})

    # Then it is known whether there is anything in it
    assert combined.empty == (frozenset({"data"}) if empty else frozenset())


BROKEN = {
    "HTML": b"<html><body>Please log in</body></html>",
    "cut off": state()[:120],
    "empty object": b"",
    "blank": b" \n",
    "byte order mark": b"\xef\xbb\xbf" + state(),
    "not UTF-8": state().replace(b"desk-dev-tickets", b"desk\xff"),
    "format 3": json.dumps({"version": 3, "serial": 1, "lineage": "l", "modules": []}).encode(),
    "format 5": json.dumps({"version": 5, "state": {}}).encode(),
    "format as text": state(version="4"),
    "no state": b'{"version": 4}',
    "no lineage": state(lineage=""),
    "a list": b"[]",
    "outputs as a list": state(outputs=[]),
    "sensitive as text": state(outputs={"token": {"value": "s", "sensitive": "no"}}),
    "too deep": state(outputs={}).replace(b"{}", b'{"a": {"value": ' + b"[" * 500, 1),
    "infinity": state(outputs={"a": {"value": [0]}}).replace(b"[0]", b"[1e999]"),
    "not a number": state(outputs={"a": {"value": float("nan")}}),
    "5,000 digits": state(outputs={"a": {"value": 0}}).replace(b": 0}", b": " + b"9" * 5000 + b"}"),
    "101 digits": state(outputs={"a": {"value": {"b": 10**100}}}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_state_is_refused(case: str, snapshot: SnapshotAssertion) -> None:
    # Given an object in the state's place
    content = BROKEN[case]

    # When it is read
    with pytest.raises(StateError) as caught:
        parse_state(content)

    # Then the message says what is wrong with it, and what to do
    assert f"{caught.value.message}\n→ {caught.value.remedy}" == snapshot


@pytest.mark.parametrize(
    "resources",
    [
        [],
        [resource(DEV), resource(None)],
        [resource(DEV | {"Name": "x"}), resource(STAGING)],  # a module's own tags on one of them
        [resource({"project": "other"})],
        [resource(["project", "environment"])],
        [resource({"project": 1, "environment": None})],
        [resource(STAGING, mode="data")],
        [{"mode": "managed", "instances": [{"attributes": None}, {"attributes_flat": {}}]}],
    ],
)
def test_a_state_that_may_be_ours_is_let_through(resources: list[Any]) -> None:
    # Given a state with resources of ours, or with none that say whose they are
    read = parse_state(state(resources=resources))

    # When its owner is looked for, then nothing is refused
    check_owner(read.owners, OURS)


@pytest.mark.parametrize(
    "tags", [STAGING, DEV | {"project": "shop"}], ids=["environment", "project"]
)
def test_the_state_of_another_is_refused(tags: dict[str, str], snapshot: SnapshotAssertion) -> None:
    # Given a state whose resources another environment or project has made
    read = parse_state(state(resources=[resource(tags), resource(tags), resource(None)]))

    # When its owner is looked for
    with pytest.raises(WrongStateError) as caught:
        check_owner(read.owners, OURS)

    # Then the message says whose it is
    assert f"{caught.value.message}\n→ {caught.value.remedy}" == snapshot


def test_units_with_one_lineage_are_found() -> None:
    # Given three states, two of them of one lineage
    own, copied = parse_state(state(lineage="a")), parse_state(state(lineage="b", serial=1))

    # When copies are looked for, then both units are named
    assert copies({"network": copied, "data": own, "access": copied}) == [["access", "network"]]
    assert copies({"network": copied, "data": own}) == []


def test_resources_never_become_objects() -> None:
    # Given a state of 50 MB, nearly all of it a resource's attributes
    many = [resource(DEV, policy=[f"{n} {m}" for m in range(500)]) for n in range(5000)]
    content = state(resources=many)
    assert len(content) > 20_000_000
    del many

    # When it is read
    tracemalloc.start()
    read = parse_state(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # Then whose it is is known, and its attributes were never Python's
    assert read.owners == {OURS: 5000}
    assert peak < len(content) / 2
