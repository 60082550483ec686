"""What only the user may read: profiles, folders and the secret that credentials come from."""

from __future__ import annotations

import configparser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codegen.settings import Environment
from pipeline.target.local.home import LocalHome
from pipeline.target.local.profiles import write_profiles


@pytest.fixture
def home(tmp_path: Path, environments: tuple[Environment, ...]) -> LocalHome:
    return LocalHome(tmp_path, environments)


def secret_keys(home: LocalHome) -> list[str]:
    parser = configparser.ConfigParser()
    parser.read(home.aws_credentials)
    return [parser[name]["aws_secret_access_key"] for name in parser.sections()]


def test_only_the_user_may_read_them(home: LocalHome) -> None:
    # Given a folder that an earlier version left open
    (home.root / "local").mkdir(mode=0o755)

    # When profiles are written
    write_profiles(home)

    # Then every file, and every folder, is the user's alone
    modes = {path: path.stat().st_mode & 0o777 for path in (home.root / "local").rglob("*")}
    modes[home.root / "local"] = (home.root / "local").stat().st_mode & 0o777
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_each_account_of_each_home_has_a_secret_of_its_own(home: LocalHome, tmp_path: Path) -> None:
    # Given two homes whose profiles are written, one of them twice
    other = LocalHome(tmp_path / "other", home.environments)
    for each in (home, home, other):
        write_profiles(each)

    # When their secrets are read
    found = [*secret_keys(home), *secret_keys(other)]

    # Then no two are alike
    assert len(set(found)) == len(found) == 6
    assert {len(secret) for secret in found} == {40}


def test_of_two_commands_that_make_the_secret_at_once_one_wins(home: LocalHome) -> None:
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda _: home.secret_file.read_text(), range(32)))
    assert len(set(read)) == 1
    assert [file.name for file in (home.root / "local").iterdir()] == ["secret"]
