"""The same environment on OpenTofu: one line chooses it, and every command follows."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from codegen.terraform.engine import OPENTOFU
from tests.e2e.world import World
from tests.terraform_engine import need
from tools.machine import versions

pytestmark = [pytest.mark.e2e, pytest.mark.opentofu]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A checkout that chooses OpenTofu, with a release in dev."""
    need(OPENTOFU)
    world = World.create(tmp_path_factory.mktemp("opentofu"))
    world.edit("terragrunt.hcl", '  engine = "terraform"\n', '  engine = "tofu"\n')
    world.commit("OpenTofu")
    try:
        for command in (["local", "start"], ["build"], ["promote", "dev"]):
            done = world.baton(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        yield world
    finally:
        world.baton("local", "reset")


def test_every_state_is_opentofus(world: World) -> None:
    # Given the states of dev
    account = world.settings("dev")["account_id"]
    bucket = f"desk-dev-{account}-tfstate"
    s3 = world.client("dev", "s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    states = [key for key in keys if key.endswith("/terraform.tfstate")]

    # When they are read / Then OpenTofu has written them, with its registry's provider
    assert len(states) == len(list((world.root / "live" / "dev").glob("*/terragrunt.hcl")))
    for key in states:
        state = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        assert state["terraform_version"] == versions()["opentofu"]
        providers = {each["provider"] for each in state["resources"]}
        assert providers == {f'provider["{OPENTOFU.provider}"]'}


def test_what_was_promoted_has_no_changes(world: World) -> None:
    # When a plan is made of each unit, by hand
    done = world.shell("dev", "cd live/dev && terragrunt run --all plan --no-color")

    # Then OpenTofu finds nothing to do
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    units = len(list((world.root / "live" / "dev").glob("*/terragrunt.hcl")))
    assert said.count("No changes.") == units, said
    assert "tofu: No changes." in said


def test_the_doctor_looks_at_opentofu(world: World) -> None:
    # When / Then
    rows = {each["what"]: each for each in world.data("doctor")}
    assert rows["tofu"]["ok"]
    assert "terraform" not in rows
