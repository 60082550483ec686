"""The sessions of a target: one for each profile, and a clear word where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from codegen.errors import BatonError
from pipeline.adapters.reader import store_below
from pipeline.checkout import Checkout
from pipeline.target import Target
from pipeline.target.local.home import Record
from tests.emulator.conftest import free_port, noting, running
from tests.pipeline.builders import environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A target whose AWS configuration knows dev's profile and staging's, and not prod's."""
    config = tmp_path / "config"
    keys = "aws_access_key_id = key\naws_secret_access_key = secret\n"
    config.write_text(f"[profile desk-dev]\n{keys}\n[profile desk-staging]\n{keys}")
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
    # Given a shell as it was before, and one after `baton env` for the local target, whose home
    # is on another disk
    (target.checkout.root / "disk").mkdir()
    target.checkout.home.symlink_to(target.checkout.root / "disk")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    users_own = target.variables(environment("dev"))
    link = target.checkout.home / "local" / "aws" / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(link))
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
    with pytest.raises(BatonError, match=r"live/prod/env\.yaml: the AWS profile 'desk-prod'"):
        target.session(environment("prod"))


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """The local target, with a home in which nothing was started yet."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("BATON_LOCAL_PORT", raising=False)
    return Target("local", Checkout(ROOT, tmp_path / "home"))


def test_the_emulators_live_in_the_checkouts_home(local: Target, tmp_path: Path) -> None:
    assert local.local_home().root == tmp_path / "home"


def lead_there(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `Target.activate`, until the test ends."""
    target.write_profiles()
    for name, value in target.variables(environment("dev")).items():
        if value is not None and name.startswith("AWS_"):
            monkeypatch.setenv(name, value)


def test_another_checkouts_emulator_is_not_asked_for_what_was_promoted_below(
    local: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a staging that runs, and a dev that did when the profiles were written
    home, dev, staging = local.local_home(), environment("dev"), environment("staging")
    for each, port in ((dev, free_port()), (staging, free_port())):
        home.remember(each, running(port))
    lead_there(local, monkeypatch)
    home.remember(dev, Record(port=home.port(dev)))

    # When staging asks for dev's records / Then nobody is asked in dev's place
    with pytest.raises(BatonError, match="the emulator of dev does not run"):
        store_below(local, dev, staging)


def test_a_client_that_is_older_than_a_stop_asks_nobody_any_more(
    local: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    with noting(asked, refusal) as port:
        # Given a client of an emulator that runs
        home, dev = local.local_home(), environment("dev")
        home.remember(dev, running(port))
        lead_there(local, monkeypatch)
        s3 = local.session(dev).client("s3")
        with pytest.raises(ClientError):
            s3.list_buckets()
        before = len(asked)

        # When that is stopped, and another has its port / Then it is not asked
        home.remember(dev, Record(port=port))
        with pytest.raises(BatonError, match="the emulator of dev does not run"):
            s3.list_buckets()
    assert (before, len(asked)) == (1, 1)
    with pytest.raises(BatonError, match="the emulator of dev does not run"):
        local.child(dev)
