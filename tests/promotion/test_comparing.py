"""What two environments differ in, and what of it somebody has asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegen.jinja.templates import load_source
from codegen.sides import PARAMETERS, TEMPLATES
from pipeline.inspect.diff.comparing import Difference, Group, Side, compare
from pipeline.inspect.diff.deciding import deciding
from pipeline.inspect.diff.sides import reads
from pipeline.records.record import Record

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).parent / "stored"
A, B = "a" * 64, "b" * 64
READS = reads(load_source(ROOT / TEMPLATES / PARAMETERS, PARAMETERS))
DECIDES = deciding(ROOT)
SHARED = "the same modules"


def stored(name: str, **more: Any) -> Record:
    """A record that was stored for an environment on the emulator."""
    return Record.model_validate_json((STORED / f"{name}.json").read_bytes()).model_copy(
        update=more
    )


def side(record: Record, said: Mapping[str, Any] | None = None) -> Side:
    return Side(record, READS, DECIDES, said or {}, SHARED)


def changed(record: Record, part: str, **values: Any) -> Record:
    """A record with some values of one part changed, as `outputs` by `data.table_name`."""
    document = json.loads(record.to_bytes())
    for name, value in values.items():
        *path, last = name.split("__")
        inside = document[part]
        for each in path:
            inside = inside[each]
        inside[last] = value
    return Record.model_validate(document)


def without(record: Record, part: str, *path: str) -> Record:
    document = json.loads(record.to_bytes())
    inside = document[part]
    for each in path[:-1]:
        inside = inside[each]
    del inside[path[-1]]
    return Record.model_validate(document)


def of(found: list[Difference], group: Group) -> dict[str, str]:
    """The differences of a group: their names and why."""
    return {f"{each.kind} {each.name}": each.why for each in found if each.group is group}


# a pair that is as it should be


@pytest.mark.parametrize(("left", "right"), [("dev", "staging"), ("staging", "prod")])
def test_environments_of_one_release_differ_in_nothing_that_nobody_asked_for(
    left: str, right: str
) -> None:
    found = compare(side(stored(left)), side(stored(right)))

    assert of(found, Group.UNINTENDED) == {}
    assert of(found, Group.MADE)
    assert "setting network.cidr" in of(found, Group.INTENDED)


def test_what_is_intended_is_what_the_settings_say() -> None:
    found = of(compare(side(stored("dev")), side(stored("staging"))), Group.INTENDED)

    assert found == {
        "infrastructure digest": "live/<environment> is part of it",
        "setting api.auth": "their env.yaml",
        "setting logs.retention_days": "their env.yaml",
        "setting network.cidr": "their env.yaml",
        "parameter ApiAuthorizer": "setting api.auth",
        "parameter ApiKeyRequired": "setting api.auth",
    }


def test_names_and_ids_are_told_by_what_they_follow_from() -> None:
    found = of(compare(side(stored("dev")), side(stored("staging"))), Group.MADE)

    for name, why in {
        "setting account_id": "what makes them two environments",
        "output data.table_name": "the environments' names",
        "output access.api_role_arn": "the environments' names",
        "output network.private_subnet_ids": "ids that AWS made",
        "output data.table_stream_arn": "ids that AWS made",
        "output application.page_token_secret_arn": "ids that AWS made",
        "parameter TableName": "output data.table_name",
        "parameter Environment": "setting name",
        "parameter ApiRevision": "a digest of the code and of all that it is given",
    }.items():
        assert found[name] == why


def test_an_environment_does_not_differ_from_itself() -> None:
    assert compare(side(stored("dev")), side(stored("dev"))) == []


# what nobody asked for


STAGING = stored("staging")
UNASKED: dict[str, tuple[Record, dict[str, str]]] = {
    "a parameter of a setting that is the same": (
        changed(STAGING, "parameters", ApiMemory="1024"),
        {"parameter ApiMemory": "nothing that it is made of differs"},
    ),
    "a parameter on one side": (
        without(STAGING, "parameters", "Tracing"),
        {"parameter Tracing": "only in dev"},
    ),
    "an output on one side": (
        changed(STAGING, "outputs", data__extra="desk-staging-extra"),
        {"output data.extra": "only in staging"},
    ),
    "an output that is gone, and its parameter": (
        without(without(STAGING, "outputs", "data", "table_name"), "parameters", "TableName"),
        {"output data.table_name": "only in dev", "parameter TableName": "output data.table_name"},
    ),
    "another environment's name": (
        changed(STAGING, "outputs", data__table_name="desk-prod-table"),
        {
            "output data.table_name": "nothing that it is made of differs",
            "parameter TableName": "output data.table_name",
        },
    ),
    "an ARN of another account": (
        changed(STAGING, "outputs", access__api_role_arn="arn:aws:iam::9:role/desk-staging-api"),
        {
            "output access.api_role_arn": "nothing that it is made of differs",
            "parameter ApiRoleArn": "output access.api_role_arn",
        },
    ),
    "a key that no setting asks for": (
        changed(STAGING, "outputs", application__kms_key_arn="arn:aws:kms:us-east-1:2:key/x"),
        {"output application.kms_key_arn": "nothing that it is made of differs"},
    ),
    "one subnet more without another zone": (
        changed(
            changed(STAGING, "outputs", network__private_subnet_ids=["subnet-12345678"] * 3),
            "settings",
            network__cidr="10.10.0.0/16",
        ),
        {
            "output network.private_subnet_ids": "nothing that it is made of differs",
            "parameter PrivateSubnetIds": "output network.private_subnet_ids",
        },
    ),
    "infrastructure that a rollback has left": (
        STAGING.model_copy(update={"kind": "rollback", "number": 4}),
        {"infrastructure digest": "staging has the one before rollback 4"},
    ),
}


@pytest.mark.parametrize("case", UNASKED)
def test_what_nobody_asked_for_is_told(case: str) -> None:
    staging, expected = UNASKED[case]

    found = of(compare(side(stored("dev")), side(staging)), Group.UNINTENDED)

    assert found == expected


def test_an_output_that_a_differing_setting_decides_is_intended() -> None:
    # Given a staging that has a key of its own, because its settings say so
    staging = changed(STAGING, "settings", encryption__customer_key=True)
    staging = changed(staging, "outputs", application__kms_key_arn="arn:aws:kms:us-east-1:2:key/x")
    staging = changed(staging, "parameters", KmsKeyArn="arn:aws:kms:us-east-1:2:key/x")

    # When it is compared, Then the setting is why
    found = compare(side(stored("dev")), side(staging))
    assert of(found, Group.UNINTENDED) == {}
    intended = of(found, Group.INTENDED)
    assert intended["output application.kms_key_arn"] == "setting encryption.customer_key"
    assert intended["parameter KmsKeyArn"] == "output application.kms_key_arn"


def test_of_several_causes_the_worst_counts() -> None:
    # Given a parameter that is made of a setting and of an output that nobody asked for
    both = {"Mixed": frozenset({"environment.api.auth", "outputs.data.table_name"})}
    staging = changed(STAGING, "outputs", data__table_name="another")
    pair = [
        replace(side(changed(each, "parameters", Mixed=each.environment)), reads=both)
        for each in (stored("dev"), staging)
    ]

    found = of(compare(*pair), Group.UNINTENDED)

    assert found["parameter Mixed"] == "output data.table_name"


# two releases


@pytest.mark.parametrize("modules", [SHARED, "other modules"])
def test_another_release_is_not_intended_nor_its_infrastructure_where_it_is_another(
    modules: str,
) -> None:
    found = compare(
        replace(side(stored("dev", release=A)), commit="c0ffee", shared=modules),
        side(stored("staging", release=B)),
    )

    unasked = of(found, Group.UNINTENDED)
    assert unasked["release id"] == "neither has verified the other's release"
    assert ("infrastructure digest" in unasked) == (modules != SHARED)
    (release,) = (each for each in found if each.kind == "release")
    assert (release.left, release.right) == (f"{A[:12]} c0ffee", B[:12])


def test_a_setting_that_the_release_has_changed_everywhere_is_not_intended() -> None:
    # Given a dev whose release says another memory for both, and another retention as ever
    dev = changed(
        changed(stored("dev", release=A), "settings", functions__api_memory_mb=1024),
        "parameters",
        ApiMemory="1024",
    )
    new = {
        name: {"functions.api_memory_mb": 1024, "logs.retention_days": days}
        for name, days in (("dev", 7), ("staging", 30))
    }
    old = {name: {**values, "functions.api_memory_mb": 512} for name, values in new.items()}

    # When they are compared
    found = compare(side(dev, new), side(stored("staging", release=B), old))

    # Then the release is why the memory differs, and env.yaml why the retention does
    unasked = of(found, Group.UNINTENDED)
    assert unasked["setting functions.api_memory_mb"] == "in neither release the two differ in it"
    assert unasked["parameter ApiMemory"] == "setting functions.api_memory_mb"
    assert of(found, Group.INTENDED)["setting logs.retention_days"] == "their env.yaml"
