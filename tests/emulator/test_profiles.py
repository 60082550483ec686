"""The profiles and variables that lead any AWS tool to an environment's emulator."""

from __future__ import annotations

import configparser
import os
import shutil
from pathlib import Path

import pytest

from codegen.errors import BatonError, UsageError
from codegen.settings import Environment
from pipeline.target.local.engine import process_environment
from pipeline.target.local.home import LocalHome, Record
from pipeline.target.local.ministack.keys import root_secret_key
from pipeline.target.local.profiles import (
    environment_variables,
    lead_nowhere,
    variables_to_unset,
    write_profiles,
)

from .conftest import running


@pytest.fixture
def home(tmp_path: Path, environments: tuple[Environment, ...]) -> LocalHome:
    return LocalHome(tmp_path, environments)


def parsed(file: Path) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser()
    parser.read(file)
    return {name: dict(parser[name]) for name in parser.sections()}


def test_there_is_a_profile_for_each_environment(home: LocalHome) -> None:
    # Given that staging's emulator runs, on a port of its own
    home.remember(home.environments[1], running(5000))

    # When the profiles are written
    write_profiles(home)

    # Then each has its account, and the address of its emulator
    config = parsed(home.aws_config)
    assert list(config) == ["profile desk-dev", "profile desk-staging", "profile desk-prod"]
    assert config["profile desk-staging"] == {
        "region": "us-east-1",
        "endpoint_url": "http://127.0.0.1:5000",
        "output": "json",
        "cli_pager": "",
    }
    assert parsed(home.aws_credentials)["desk-prod"] == {
        "aws_access_key_id": "333333333333",
        "aws_secret_access_key": root_secret_key(home.secret_file.read_text(), "333333333333"),
    }


@pytest.mark.parametrize(
    "record",
    [None, Record(port=5000), Record(port=5000, pid=os.getpid(), identity="of another time")],
    ids=["never started", "stopped", "died"],
)
def test_what_has_its_port_by_now_is_not_reached(home: LocalHome, record: Record | None) -> None:
    # Given an emulator that does not run; another checkout's may have its port
    dev = home.environments[0]
    if record:
        home.remember(dev, record)

    # When profiles are written / Then its own leads nowhere, and nobody may work on it
    write_profiles(home)
    assert parsed(home.aws_config)["profile desk-dev"]["endpoint_url"] == "http://127.0.0.1:1"
    with pytest.raises(BatonError, match="the emulator of dev does not run") as raised:
        home.require_running(dev)
    assert raised.value.remedy == "./baton local start dev"


def test_a_record_that_cannot_be_understood_leads_nowhere_and_spoils_no_other(
    home: LocalHome,
) -> None:
    # Given a damaged record beside a good one
    dev, staging, _ = home.environments
    home.remember(dev, running(5000))
    home.remember(staging, running(5001))
    (home.folder(staging) / "emulator.json").write_text("{")

    # When profiles are written / Then
    write_profiles(home)
    config = parsed(home.aws_config)
    assert config["profile desk-dev"]["endpoint_url"] == "http://127.0.0.1:5000"
    assert config["profile desk-staging"]["endpoint_url"] == "http://127.0.0.1:1"


def test_profiles_are_closed_without_asking_the_settings(home: LocalHome) -> None:
    # Given two that run, and settings that nobody can read
    dev, staging, _ = home.environments
    home.remember(dev, running(5000))
    home.remember(staging, running(5001))
    write_profiles(home)

    # When dev's is closed, and that of one of which nothing is remembered / Then the other's
    # leads where it did
    gone = dev.model_copy(update={"name": "gone"})
    lead_nowhere([gone], home)
    assert "http://127.0.0.1:5000" in home.aws_config.read_text()
    lead_nowhere([dev], LocalHome(home.root, ()))
    config = parsed(home.aws_config)
    assert config["profile desk-dev"]["endpoint_url"] == "http://127.0.0.1:1"
    assert config["profile desk-staging"]["endpoint_url"] == "http://127.0.0.1:5001"


def test_a_copy_of_a_checkout_has_no_emulator_of_its_own_yet(home: LocalHome) -> None:
    # Given an emulator that runs, and a copy of all that was written of it
    dev = home.environments[0]
    home.remember(dev, running(5000))
    copied = LocalHome(home.root.with_name("copy"), home.environments)
    shutil.copytree(home.root, copied.root)

    # Then it is the original's only; the copy keeps the port, until that is taken
    assert (home.runs(dev), copied.runs(dev)) == (True, False)
    assert copied.port(dev) == 5000

    # And a checkout that is moved takes it along
    moved = LocalHome(home.root.with_name("moved"), home.environments)
    home.root.rename(moved.root)
    assert moved.runs(dev)


def test_they_are_written_only_on_change(home: LocalHome) -> None:
    # Given profiles
    write_profiles(home)
    before = [file.stat().st_ino for file in (home.aws_config, home.aws_credentials)]

    # When they are written again, and a port has changed
    write_profiles(home)
    same = [file.stat().st_ino for file in (home.aws_config, home.aws_credentials)]
    home.remember(home.environments[0], running(5000))
    write_profiles(home)

    # Then only what differs was replaced, and no draft is left
    assert same == before
    assert home.aws_credentials.stat().st_ino == before[1]
    assert "5000" in home.aws_config.read_text()
    names = sorted(file.name for file in home.aws_config.parent.iterdir())
    assert names == ["config", "credentials"]


def test_the_variables_name_the_profile_and_its_files(home: LocalHome) -> None:
    assert environment_variables(home.environments[1], home, {}) == {
        "AWS_CONFIG_FILE": str(home.root / "local/aws/config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home.root / "local/aws/credentials"),
        "AWS_PROFILE": "desk-staging",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.mark.parametrize(
    ("there", "no_proxy"),
    [
        ({}, None),
        ({"http_proxy": "http://proxy:3128"}, "127.0.0.1"),
        ({"http_proxy": "http://proxy:3128", "no_proxy": ".corp"}, ".corp,127.0.0.1"),
        ({"http_proxy": "http://proxy:3128", "no_proxy": "127.0.0.1"}, None),
    ],
)
def test_a_proxy_is_not_asked_for_the_emulator(
    home: LocalHome, there: dict[str, str], no_proxy: str | None
) -> None:
    variables = environment_variables(home.environments[0], home, there)
    assert variables.get("no_proxy") == no_proxy


def test_what_would_lead_away_from_the_profile_is_unset() -> None:
    there = {
        "AWS_ENDPOINT_URL": "http://elsewhere",
        "AWS_ENDPOINT_URL_S3": "http://elsewhere",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_PAGER": "less",
        "PATH": "/bin",
    }
    assert variables_to_unset(there) == [
        "AWS_ACCESS_KEY_ID",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
    ]


def test_the_emulator_inherits_no_aws_setting(
    environments: tuple[Environment, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a user with credentials and another endpoint
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere")
    monkeypatch.setenv("HOME", "/home/user")

    # When the emulator's environment is made
    made = process_environment(
        environments[0], tmp_path, 4610, tmp_path / "state", tmp_path / "secret"
    )

    # Then none of it is there, and Lambda functions cannot find ~/.aws
    assert not [name for name in made if name.startswith("AWS_")]
    assert made["HOME"] == str(tmp_path / "tmp")


def test_ports_are_in_the_order_in_which_a_release_goes(home: LocalHome) -> None:
    ports = [home.wanted_port(each) for each in home.environments]
    assert ports == [4610, 4611, 4612]


def test_a_recorded_port_is_kept_until_another_is_asked_for(home: LocalHome) -> None:
    # Given an emulator that was started before
    dev = home.environments[0]
    home.remember(dev, Record(port=5000))

    # When nothing, or another base port, is asked for
    ports = [
        LocalHome.find(home.root, home.environments, environ).wanted_port(dev)
        for environ in ({}, {"BATON_LOCAL_PORT": "6000"})
    ]

    # Then
    assert ports == [5000, 6000]


def test_what_comes_later_gets_its_port_beside_those_that_are_there(home: LocalHome) -> None:
    # Given emulators that were once given a row of their own, and a record that nobody can read
    dev, staging, prod = home.environments
    home.remember(dev, Record(port=6000))
    home.remember(staging, Record(port=6001))
    home.remember(prod, Record(port=6002))
    (home.folder(staging) / "emulator.json").write_text("{")
    sandbox = dev.model_copy(update={"name": "sandbox"})
    grown = LocalHome(home.root, (*home.environments, sandbox))

    # When another is to be started, Then not in the row of whoever took the default
    assert [grown.wanted_port(each) for each in (staging, sandbox)] == [6001, 6003]


@pytest.mark.parametrize("base_port", [None, 4610])
def test_environments_put_between_others_get_ports_of_their_own(
    home: LocalHome, base_port: int | None
) -> None:
    # Given three environments with their ports, and two that come between the first two
    for environment in home.environments:
        home.remember(environment, Record(port=home.wanted_port(environment)))
    dev, *others = home.environments
    between = [dev.model_copy(update={"name": name}) for name in ("load", "sandbox")]
    grown = LocalHome(home.root, (dev, *between, *others), base_port)

    # When ports are chosen
    ports = [grown.wanted_port(each) for each in grown.environments]

    # Then nobody moves
    assert ports == [4610, 4613, 4614, 4611, 4612]


@pytest.mark.parametrize("port", ["http", "80", "65534", "-1", "4610.5"])
def test_a_base_port_that_cannot_be_is_refused(
    tmp_path: Path, environments: tuple[Environment, ...], port: str
) -> None:
    with pytest.raises(UsageError, match="BATON_LOCAL_PORT"):
        LocalHome.find(tmp_path, environments, {"BATON_LOCAL_PORT": port})


@pytest.mark.parametrize("text", ["", "{}", '{"port": "4610"}', '{"port": 1, "extra": 2}'])
def test_a_record_that_cannot_be_understood_is_named(home: LocalHome, text: str) -> None:
    # Given a damaged record
    file = home.folder(home.environments[0]) / "emulator.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)

    # When it is read
    with pytest.raises(BatonError) as caught:
        home.record(home.environments[0])

    # Then the error names the file and what to do
    assert str(file) in caught.value.message
    assert "delete" in caught.value.remedy
