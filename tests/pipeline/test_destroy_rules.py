"""What a destruction finds in the states, and what forbids it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError
from codegen.sources.state import Owner, StateError, WrongStateError
from pipeline.adapters.states import Lock
from pipeline.adapters.tables import Table
from pipeline.destruction import refusals
from pipeline.destruction.contents import UnitContents, contents_of
from pipeline.destruction.inventory import COUNT_LIMIT, Inventory
from tests.pipeline.builders import environment, record

DEV = environment("dev")


DEV_OWNER = Owner("desk", "dev")


def _state(*resources: dict[str, Any]) -> bytes:
    fixed = {"version": 4, "serial": 3, "lineage": "l", "outputs": {}, "check_results": None}
    return json.dumps(fixed | {"resources": resources}).encode()


def _resource(kind: str, name: str, *instances: dict[str, Any], **more: Any) -> dict[str, Any]:
    fixed = {"mode": "managed", "type": kind, "name": name, "provider": "aws"}
    return fixed | {"instances": instances} | more


def test_a_unit_holds_an_address_for_each_instance_of_a_managed_resource() -> None:
    # Given single, counted, keyed and nested resources, and what is only looked up
    content = _state(
        _resource("aws_vpc", "this", {"attributes": {}}),
        _resource("aws_subnet", "private", {"index_key": 0}, {"index_key": 1}),
        _resource("aws_iam_role", "function", {"index_key": "api"}, module="module.roles"),
        _resource("aws_caller_identity", "this", {"attributes": {}}, mode="data"),
    )

    # Then
    assert contents_of("network", content, "here", DEV_OWNER).addresses == (
        "aws_vpc.this",
        "aws_subnet.private[0]",
        "aws_subnet.private[1]",
        'module.roles.aws_iam_role.function["api"]',
    )


def test_buckets_tables_and_keys_are_found_in_the_state() -> None:
    content = _state(
        _resource("aws_s3_bucket", "artifacts", {"attributes": {"bucket": "desk-a"}}),
        _resource("aws_s3_bucket_versioning", "this", {"attributes": {"bucket": "desk-a"}}),
        _resource("aws_dynamodb_table", "this", {"attributes": {"name": "desk-t"}}),
        _resource("aws_kms_key", "this", {"index_key": 0, "attributes": {}}),
    )

    found = contents_of("storage", content, "here", DEV_OWNER)

    assert (found.buckets, found.tables, found.keys) == (("desk-a",), ("desk-t",), 1)


def test_a_destroyed_unit_holds_nothing() -> None:
    assert contents_of("data", _state(), "here", DEV_OWNER) == UnitContents("data")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"version": 3, "resources": []}'])
def test_a_state_that_cannot_be_read_is_never_taken_for_an_empty_one(content: bytes) -> None:
    with pytest.raises(StateError, match="s3://b/k: not a Terraform state"):
        contents_of("data", content, "s3://b/k", DEV_OWNER)


def test_a_state_of_another_environment_is_never_taken_for_ones_own() -> None:
    # Given a state under dev's key, whose resources are tagged as staging's
    tags = {"tags_all": {"project": "desk", "environment": "staging"}}
    content = _state(_resource("aws_vpc", "this", {"attributes": tags}))

    # When it is read, then nobody destroys what is in it
    with pytest.raises(WrongStateError, match="s3://b/k: the state of another environment"):
        contents_of("network", content, "s3://b/k", DEV_OWNER)


def _inventory(**more: Any) -> Inventory:
    fixed: dict[str, Any] = {"stack": None, "units": (), "buckets": {}, "tables": ()}
    return Inventory(**fixed | {"state_bucket": False} | more)


@pytest.mark.parametrize(
    ("more", "keep_state", "gone"),
    [
        ({}, False, True),
        ({"stack": "CREATE_COMPLETE"}, True, False),
        ({"units": (UnitContents("data", ("aws_vpc.this",)),)}, True, False),
        ({"units": (UnitContents("data"),), "state_bucket": True}, False, False),
        ({"units": (UnitContents("data"),), "state_bucket": True}, True, True),
    ],
)
def test_an_environment_is_gone_when_nothing_is_left_that_was_to_go(
    more: dict[str, Any], keep_state: bool, gone: bool
) -> None:
    assert _inventory(**more).is_gone(keep_state) is gone


def test_what_will_go_is_told_with_its_size() -> None:
    told = _inventory(
        stack="UPDATE_COMPLETE",
        units=(UnitContents("access"), UnitContents("data", ("a.b", "a.c"))),
        buckets={"desk-a": 12, "desk-d": COUNT_LIMIT},
        tables=(Table("desk-t", 7, False),),
        state_bucket=True,
    ).lines()

    assert told == [
        "the stack, which is UPDATE_COMPLETE",
        "unit data: 2 resources",
        "bucket desk-a: 12 versions of objects",
        "bucket desk-d: 10,000 versions of objects or more",
        "table desk-t: 7 items when last counted",
        "the states, with all their versions",
    ]


def test_an_environment_without_protection_is_not_refused() -> None:
    refusals.check_settings(DEV)
    refusals.check_records(DEV, [])
    refusals.check_tables(DEV, [Table("desk-t", 7, False)])
    refusals.check_units(DEV, [UnitContents("data", ("a.b",)), UnitContents("gone")], {"data"})
    refusals.check_locks(DEV, [])
    refusals.check_confirmation(DEV, "desk-dev\n", "")
    refusals.check_region(DEV, "us-east-1")
    refusals.check_region(DEV, None)
    refusals.check_states(DEV, _inventory(stack="CREATE_COMPLETE", units=(UnitContents("data"),)))
    refusals.check_states(DEV, _inventory(state_bucket=True))


def test_a_protected_environment_is_refused_with_the_setting() -> None:
    with pytest.raises(GateRefusedError, match="says protected: true") as raised:
        refusals.check_settings(environment("prod", protected=True))

    assert "set protected: false" in raised.value.remedy


def test_deletion_protection_in_the_settings_is_refused() -> None:
    data = DEV.data.model_copy(update={"deletion_protection": True})

    with pytest.raises(GateRefusedError, match=r"data\.deletion_protection: true"):
        refusals.check_settings(DEV.model_copy(update={"data": data}))


def test_deletion_protection_of_a_table_is_refused_whatever_the_settings_say() -> None:
    tables = [Table("desk-t", 0, True), Table("desk-i", 0, False)]

    with pytest.raises(GateRefusedError, match=r"on for desk-t$") as raised:
        refusals.check_tables(DEV, tables)

    assert "make apply ENV=dev" in raised.value.remedy


def test_protection_is_not_taken_off_by_an_edit_that_was_never_promoted() -> None:
    # Given a promotion that found the environment protected
    history = [record(1, "a" * 64), record(2, "b" * 64, settings={"protected": True})]

    # When env.yaml says otherwise by now, Then
    with pytest.raises(GateRefusedError, match=r"was protected at promotion 2,"):
        refusals.check_records(DEV, history)


def test_protection_is_off_once_a_promotion_took_it_off() -> None:
    history = [
        record(1, "a" * 64, settings={"protected": True}),
        record(2, "a" * 64, settings={"protected": False}),
    ]

    refusals.check_records(DEV, history)


def test_a_promotion_that_failed_takes_off_no_protection() -> None:
    history = [
        record(1, "a" * 64, settings={"protected": True}),
        record(2, "b" * 64, verified=False, settings={"protected": False}),
    ]

    with pytest.raises(GateRefusedError, match="was protected at promotion 1,"):
        refusals.check_records(DEV, history)


def test_a_promotion_that_failed_may_have_put_protection_on() -> None:
    history = [
        record(1, "a" * 64, settings={"protected": False}),
        record(2, "b" * 64, verified=False, settings={"protected": True}),
    ]

    with pytest.raises(GateRefusedError, match="was protected at promotion 2,"):
        refusals.check_records(DEV, history)


def test_states_in_another_region_are_refused_with_both_regions() -> None:
    with pytest.raises(BatonError, match=r"in eu-central-1 .* say region us-east-1"):
        refusals.check_region(DEV, "eu-central-1")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"stack": "CREATE_COMPLETE"}, r"is not there, yet there is stack desk-dev \(CREATE_"),
        ({"strays": ("desk-a",)}, "is not there, yet there is bucket desk-a:"),
        ({"strays": ("desk-a",), "state_bucket": True}, "holds no state, yet there is bucket"),
    ],
)
def test_what_is_there_without_states_is_refused_and_named(more: dict[str, Any], told: str) -> None:
    with pytest.raises(BatonError, match=told) as raised:
        refusals.check_states(DEV, _inventory(**more))

    assert raised.value.exit_code == 1
    assert "project=desk and environment=dev" in raised.value.remedy


def test_a_unit_that_is_not_in_this_checkout_is_refused_while_it_holds_something() -> None:
    contents = [UnitContents("gone", ("aws_vpc.this",)), UnitContents("data", ("a.b",))]

    with pytest.raises(BatonError, match=r"has not: gone \(1 resources\)"):
        refusals.check_units(DEV, contents, {"data"})


def test_a_locked_state_is_refused_with_its_holder_and_the_way_to_unlock_it() -> None:
    with pytest.raises(BatonError, match="state of data is locked by me@here") as raised:
        refusals.check_locks(DEV, [Lock("data", "s3://b/k", "0b1e", "me@here")])

    assert raised.value.remedy.endswith("cd live/dev/data && terragrunt force-unlock -force 0b1e")


def test_a_lock_that_cannot_be_read_is_removed_as_an_object() -> None:
    with pytest.raises(BatonError, match="somebody unknown: s3://b/k cannot be read") as raised:
        refusals.check_locks(DEV, [Lock("data", "s3://b/k")])

    assert raised.value.remedy == (
        'if no other run is at work: eval "$(./baton env dev)" && aws s3 rm s3://b/k'
    )


@pytest.mark.parametrize("typed", ["", "yes", "dev", "desk-staging", "desk-dev2", "DESK-DEV"])
def test_only_the_full_name_confirms(typed: str) -> None:
    with pytest.raises(GateRefusedError, match="nothing was destroyed") as raised:
        refusals.check_confirmation(DEV, typed, "the right command")

    assert raised.value.remedy == "the right command"


def test_environments_above_are_those_that_get_their_releases_here() -> None:
    staging = environment("staging", promoted_from="dev")
    prod = environment("prod", promoted_from="staging")

    assert refusals.dependents(DEV, [DEV, staging, prod]) == ["staging"]
