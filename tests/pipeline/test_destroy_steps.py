"""The last steps of a destruction: states are never removed while anything is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from codegen.errors import BatonError
from pipeline.adapters.states import StateStore
from pipeline.adapters.terragrunt import Terragrunt
from pipeline.checkout import Checkout
from pipeline.destruction import steps
from pipeline.destruction.contents import UnitContents
from pipeline.destruction.destruction import Destruction, Options
from pipeline.destruction.inventory import Inventory
from pipeline.target import Target
from tests.pipeline.builders import environment

DEV = environment("dev")
KEY = "live/dev/data/terraform.tfstate"
TABLE = {"mode": "managed", "type": "aws_dynamodb_table", "name": "this", "instances": [{}]}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Destruction]:
    """A destruction that has come to the states; the bucket is there."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    checkout = Checkout(tmp_path, tmp_path / ".baton")
    with mock_aws():
        run = Destruction(
            checkout=checkout,
            target=Target("aws", checkout),
            environment=DEV,
            others=[],
            options=Options(),
            say=lambda _: None,
            ask=None,
        )
        run.session = boto3.Session("key", "secret", region_name="us-east-1")
        run.session.client("s3").create_bucket(Bucket=DEV.state_bucket)
        run.states = StateStore(run.session, DEV)
        yield run


def _put(run: Destruction, key: str, document: dict[str, Any]) -> None:
    content = json.dumps(document).encode()
    run.session.client("s3").put_object(Bucket=DEV.state_bucket, Key=key, Body=content)


def test_empty_states_go_with_their_bucket(run: Destruction) -> None:
    _put(run, KEY, {"version": 4, "resources": []})

    assert steps.state(run).outcome == "done"
    assert not run.states.bucket.exists()
    assert steps.state(run).outcome == "skipped"


def test_a_state_that_holds_resources_is_kept_and_they_are_named(run: Destruction) -> None:
    # Given more than a message lists
    resources = [TABLE | {"name": f"t{number}"} for number in range(12)]
    _put(run, KEY, {"version": 4, "resources": resources})

    with pytest.raises(BatonError, match="12 resources are still there") as raised:
        steps.state(run)

    assert "data: aws_dynamodb_table.t9\n  and 2 more" in raised.value.message
    assert run.states.bucket.exists()


def test_a_state_on_which_terraform_is_at_work_is_kept(run: Destruction) -> None:
    _put(run, KEY, {"version": 4, "resources": []})
    _put(run, f"{KEY}.tflock", {"ID": "0b1e", "Who": "me@here"})

    with pytest.raises(BatonError, match="locked by me@here"):
        steps.state(run)

    assert run.states.bucket.exists()


def test_states_are_kept_where_that_is_asked_for(run: Destruction) -> None:
    _put(run, KEY, {"version": 4, "resources": []})
    run.options = Options(keep_state=True)

    assert steps.state(run).outcome == "skipped"
    assert set(run.states.read_all()) == {"data"}


def test_units_that_are_not_wholly_destroyed_are_named_although_terragrunt_is_content(
    run: Destruction, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a Terragrunt that says it is done, and a state that still holds a table
    asked: list[list[str]] = []
    monkeypatch.setattr(Terragrunt, "destroy", lambda _, units: asked.append(units))
    _put(run, KEY, {"version": 4, "resources": [TABLE]})
    unit = UnitContents("data", ("aws_dynamodb_table.this",))
    run.inventory = Inventory(None, (unit,), {}, (), True)

    # When, Then
    with pytest.raises(BatonError, match="1 resources are still there"):
        steps.units(run)
    assert asked == [["data"]]


def test_what_this_checkout_has_of_the_environment_goes_and_the_settings_stay(
    run: Destruction,
) -> None:
    # Given an unpacked release, Terraform's cache, and another environment's
    release = run.checkout.work("dev")
    cache, others = (run.checkout.live / n / "data" / ".terragrunt-cache" for n in ("dev", "prod"))
    for folder in (release, cache, others):
        folder.mkdir(parents=True)
    settings = run.checkout.live / "dev" / "env.yaml"
    settings.touch()

    # When
    assert steps.leftovers(run).outcome == "done"

    # Then
    assert [release.exists(), cache.exists(), others.exists()] == [False, False, True]
    assert settings.exists()
    assert steps.leftovers(run).outcome == "skipped"
