"""The sessions of a target: one for each profile, and a clear word where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.checkout import Checkout
from pipeline.target import Target
from tests.pipeline.builders import environment


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A target whose AWS configuration knows dev's profile and staging's, and not prod's."""
    config = tmp_path / "config"
    config.write_text("[profile desk-dev]\n\n[profile desk-staging]\n")
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    return Target("aws", Checkout(tmp_path, tmp_path / "home"))


def test_an_environment_has_one_session_however_often_it_is_asked_for(target: Target) -> None:
    # Given an environment whose settings were read twice
    # When a session is asked for with each
    one, other = (target.session(environment("dev")) for _ in range(2))

    # Then it is the same, with the environment's profile
    assert one is other
    assert (one.profile_name, one.region_name) == ("desk-dev", "us-east-1")


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_on_aws_every_tool_works_in_the_environments_region(target: Target, name: str) -> None:
    assert target.variables(environment("dev", region="eu-west-1"))[name] == "eu-west-1"


def test_a_shell_that_was_on_the_local_target_is_taken_back_from_it(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a shell as it was before, and one after `baton env` for the local target
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    users_own = target.variables(environment("dev"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(target.checkout.home / "local" / "aws" / "config"))
    after_local = target.variables(environment("dev"))

    # Then what the user has set is left, and what Baton has set is not
    assert "AWS_EC2_METADATA_DISABLED" not in users_own
    assert after_local["AWS_CONFIG_FILE"] is None
    assert after_local["AWS_EC2_METADATA_DISABLED"] is None


def test_two_environments_share_no_session(target: Target) -> None:
    # Given two environments, each with a profile of its own
    # When their sessions are asked for
    dev, staging = (target.session(environment(name)) for name in ("dev", "staging"))

    # Then each leads where its profile does
    assert (dev.profile_name, staging.profile_name) == ("desk-dev", "desk-staging")


def test_two_regions_share_no_session(target: Target) -> None:
    # Given an environment that moves to another region
    moved = environment("dev", region="eu-west-1")

    # When a session is asked for before and after
    sessions = [target.session(environment("dev")), target.session(moved)]

    # Then each is of its region
    assert [session.region_name for session in sessions] == ["us-east-1", "eu-west-1"]


def test_a_profile_that_is_not_configured_is_named(target: Target) -> None:
    # Given an AWS configuration without prod's profile
    # When prod's session is asked for
    with pytest.raises(BatonError, match=r"live/prod/env\.yaml names the AWS profile 'desk-prod'"):
        target.session(environment("prod"))
