"""Reading live/: strict, complete, and the same for Terragrunt and Python."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from codegen.errors import SettingsError, UsageError
from codegen.settings.file import SettingsFile, read
from codegen.settings.loading import _merge, environment_names, load_all, load_environment
from codegen.strict_yaml import SettingsLoader, load
from tests.codegen.builders import CHECKOUT, replace
from tests.codegen.live import copy_of_live


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return copy_of_live(tmp_path)


def test_an_environment_is_the_defaults_with_its_own_settings_over_them(live: Path) -> None:
    # Given a default that prod overrides, and one it does not
    # When prod is read
    prod = load_environment(live, "prod")

    # Then its own word counts, key by key
    assert (prod.network.nat, prod.network.zones) == ("per_az", ["us-east-1a", "us-east-1b"])
    assert prod.logs.retention_days == 90
    assert prod.api.throttle_rate == 50


def test_environments_come_in_the_order_in_which_a_release_reaches_them(live: Path) -> None:
    # Given prod, promoted from staging, promoted from dev
    # When all are read
    found = load_all(live)

    # Then the order is that of promotion, not of the alphabet
    assert [environment.name for environment in found] == ["dev", "staging", "prod"]
    assert environment_names(live) == ["dev", "prod", "staging"]


def test_what_is_wrong_in_several_environments_is_told_at_once(live: Path) -> None:
    # Given a wrong key in one, and a wrong value in another
    with (live / "dev/env.yaml").open("a") as file:
        file.write("fax: {number: 1}\n")
    replace(live / "prod/env.yaml", "retention_days: 90", "retention_days: 91")

    # When all are read, Then both are named, each with its file
    with pytest.raises(SettingsError, match="has 2 problems") as raised:
        load_all(live)
    told = [str(part.where.file) for part in raised.value.parts if part.where]
    assert told == [str(live / "dev/env.yaml"), str(live / "prod/env.yaml")]


def test_what_the_defaults_say_wrongly_is_told_once(live: Path) -> None:
    # Given a default that is wrong in two environments, and a wrong value of the third
    replace(live / "project.yaml", "retention_days: 30", "retention_days: 31")
    replace(live / "dev/env.yaml", "  retention_days: 7\n", "  {}\n")
    replace(live / "prod/env.yaml", "retention_days: 90", "retention_days: 91")

    with pytest.raises(SettingsError, match="has 2 problems") as raised:
        load_all(live)
    told = [str(part.where.file) for part in raised.value.parts if part.where]
    assert told == [str(live / "project.yaml"), str(live / "prod/env.yaml")]


def test_units_without_settings_beside_them_are_named(live: Path) -> None:
    # Given two environments whose settings are gone, of which one is promoted from
    for name in ("dev", "prod"):
        (live / name / "data").mkdir()
        (live / name / "data" / "terragrunt.hcl").write_text("")
        (live / name / "env.yaml").unlink()

    with pytest.raises(SettingsError) as raised:
        load_all(live)
    assert [str(part).replace(str(live), "live") for part in raised.value.parts] == [
        "live/dev/env.yaml is missing: there are units of dev beside it (data)",
        "live/prod/env.yaml is missing: there are units of prod beside it (data)",
        "live/staging/env.yaml:4: promoted_from: live/dev has no env.yaml",
    ]


def test_a_project_without_an_environment_says_so(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_bytes((CHECKOUT / "live/project.yaml").read_bytes())

    with pytest.raises(SettingsError, match="has no environment"):
        load_all(tmp_path)


def test_each_file_is_read_once_however_many_environments_there_are(
    live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given three environments, and a count of the files that are read
    paths: list[Path] = []

    def counting(path: Path) -> SettingsFile:
        paths.append(path)
        return read(path)

    monkeypatch.setattr("codegen.settings.loading.read", counting)

    # When all are read
    load_all(live)

    # Then no file was read twice
    assert sorted(paths) == sorted([live / "project.yaml", *live.glob("*/env.yaml")])


def test_a_wrong_name_is_answered_with_the_nearest(live: Path) -> None:
    # When an environment is asked for that is not there
    with pytest.raises(UsageError) as caught:
        load_environment(live, "pord")

    # Then the answer says which was probably meant
    assert caught.value.remedy == "did you mean prod?"


def test_line_ends_of_windows_are_read_alike(live: Path) -> None:
    # Given an env.yaml as an editor on Windows saves it
    before = load_environment(live, "dev")
    file = live / "dev/env.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    # When it is read, then nothing is different
    assert load_environment(live, "dev") == before


BROKEN = {
    "name in env.yaml": ("dev", "aws_profile:", "name: other\naws_profile:"),
    "project in env.yaml": ("dev", "aws_profile:", "project: other\naws_profile:"),
    "unknown section": ("dev", "logs:", "log:"),
    "unknown key": ("dev", "cidr:", "cdir:"),
    "unquoted account id": ("dev", '"111111111111"', "111111111111"),
    "account id with a leading zero": ("dev", '"111111111111"', "011111111111"),
    "short account id": ("dev", '"111111111111"', '"1111"'),
    "the same key twice": ("dev", "logs:", "network:\n  nat: none\nlogs:"),
    "the same key twice in a section": ("dev", "cidr:", "cidr: 10.9.0.0/16\n  cidr:"),
    "a section that is a list": ("dev", "network:\n  cidr: 10.10.0.0/16", "network: [1]"),
    "text for a boolean": ("prod", "deletion_protection: true", 'deletion_protection: "true"'),
    "text for a number": ("dev", "retention_days: 7", 'retention_days: "7"'),
    "base 60": ("dev", "retention_days: 7", "retention_days: 1:30"),
    "retention that AWS does not know": ("dev", "retention_days: 7", "retention_days: 8"),
    "zones of another region": ("dev", "logs:", "region: eu-west-1\nlogs:"),
    "one zone twice": ("dev", "cidr:", "zones: [us-east-1a, us-east-1a]\n  cidr:"),
    "a network too small": ("dev", "10.10.0.0/16", "10.10.0.0/24"),
    "host bits in the network": ("dev", "10.10.0.0/16", "10.10.0.1/16"),
    "promoted from nowhere": ("staging", "promoted_from: dev", "promoted_from: tests"),
    "promoted in a circle": ("staging", "promoted_from: dev", "promoted_from: prod"),
    "networks that overlap": ("staging", "10.20.0.0/16", "10.10.128.0/17"),
    "an account shared": ("staging", "222222222222", "111111111111"),
    "a profile shared": ("staging", "desk-staging", "desk-dev"),
    "an alias in a circle": ("dev", "logs:", "data: &data\n  read_capacity: *data\nlogs:"),
    "an alias in a circle in a list": ("dev", "retention_days: 7", "retention_days: &a [*a]"),
    "no YAML": ("dev", "logs:", "logs: ["),
    "a tag of a number": ("dev", "retention_days: 7", "retention_days: !!int abc"),
    "a tag of a boolean": ("dev", "retention_days: 7", "retention_days: !!bool abc"),
    "a tag of a time": ("dev", "retention_days: 7", "retention_days: !!timestamp x"),
    "a tag of Python": ("dev", "retention_days: 7", "retention_days: !!python/name:os.system x"),
    "a tag of its own": ("dev", "retention_days: 7", "retention_days: !days 7"),
    "a tag of a key": ("dev", "retention_days: 7", "!!str retention_days: 7"),
    "a number of 5000 digits": ("dev", "retention_days: 7", f"retention_days: {'9' * 5000}"),
    "3000 brackets": ("dev", "retention_days: 7", f"retention_days: {'[' * 3000}{']' * 3000}"),
    "3000 braces": ("dev", "retention_days: 7", f"retention_days: {'{a: ' * 3000}"),
    "a character that is none": ("dev", "retention_days: 7", 'retention_days: "\\U00110000"'),
    "base 60 beyond all measure": (
        "dev",
        "retention_days: 7",
        f"retention_days: {'1:59:' * 400}1.5",
    ),
    "an unknown key in limits": (
        "dev",
        "logs:",
        "data: {billing: provisioned, read_capacity: {mn: 1, max: 2}}\nlogs:",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_not_allowed_is_refused_with_its_reason(
    case: str, live: Path, snapshot: SnapshotAssertion
) -> None:
    # Given one thing wrong in one environment
    env, old, new = BROKEN[case]
    replace(live / env / "env.yaml", old, new)

    # When all environments are read
    with pytest.raises(SettingsError) as caught:
        load_all(live)

    # Then the message says where, what and what is allowed
    assert caught.value.message.replace(str(live), "live") == snapshot
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("case", ["networks that overlap", "an account shared", "a profile shared"])
def test_what_two_environments_may_not_share_is_shown_at_its_line(case: str, live: Path) -> None:
    _, old, new = BROKEN[case]
    replace(live / "staging/env.yaml", old, new)

    with pytest.raises(SettingsError) as caught:
        load_all(live)
    where = caught.value.parts[0].where
    assert where is not None
    assert new in Path(where.file).read_text().splitlines()[where.line - 1]


BROKEN_PROJECT = {
    "unknown key": ("name: desk", "name: desk\nregoin: eu-west-1"),
    "unknown section": ("  logs:", "  log:"),
    "a section without settings": ("  logs:\n    retention_days: 30\n", "  logs:\n"),
    "no name": ("name: desk\n", ""),
    "a name that is null": ("name: desk\n", "name:\n"),
    "no region": ("region: us-east-1\n", ""),
    "a region that is none": ("region: us-east-1\n", "region: america\n"),
    "defaults that are a list": ("defaults:\n", "defaults: []\nother:\n"),
    "an unknown key in a section": ("    nat: single", "    nat: single\n    natt: none"),
    "a name too long": ("name: desk", "name: a-name-of-seventeen"),
    "a key missing": ("    nat: single", "    # nat"),
}


@pytest.mark.parametrize("case", BROKEN_PROJECT)
def test_a_broken_project_file_is_refused(
    case: str, live: Path, snapshot: SnapshotAssertion
) -> None:
    # Given one thing wrong in project.yaml
    replace(live / "project.yaml", *BROKEN_PROJECT[case])

    # When an environment is read
    with pytest.raises(SettingsError) as caught:
        load_environment(live, "dev")

    # Then the message says what
    assert caught.value.message.replace(str(live), "live") == snapshot


def test_a_missing_project_file_is_named(live: Path) -> None:
    # Given no project.yaml
    (live / "project.yaml").unlink()

    # When an environment is read, then the message names the file
    with pytest.raises(SettingsError, match=r"project\.yaml is missing"):
        load_environment(live, "dev")


def test_a_file_that_is_not_utf8_is_refused(live: Path) -> None:
    # Given an env.yaml in another encoding
    (live / "dev/env.yaml").write_bytes(b"aws_profile: d\xe9v\n")

    # When it is read, then the message says so
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_environment(live, "dev")


def test_numbers_mean_what_terraform_reads() -> None:
    # Given spellings that PyYAML alone takes for octal, base 60, a thousand and a date
    text = "a: 0123\nb: 1:30\nc: 1_000\nd: 2012-10-17\ne: on\n"

    # When they are read
    values = load(text, SettingsLoader)

    # Then they are what `terraform console` says of yamldecode
    assert values == {"a": 123, "b": "1:30", "c": "1_000", "d": "2012-10-17", "e": True}


SECTION = st.dictionaries(st.sampled_from("abc"), st.integers(), max_size=3)


@given(
    defaults=st.dictionaries(st.sampled_from("xyz"), SECTION),
    own=st.dictionaries(st.sampled_from("xyz"), SECTION | st.none()),
)
def test_sections_merge_as_in_terragrunt(
    defaults: dict[str, dict[str, int]], own: dict[str, dict[str, int] | None]
) -> None:
    # Given any defaults and any environment
    # When they are merged
    merged = _merge("dev", {"defaults": defaults}, own)

    # Then each default section is merge(defaults, own), of which a null is nothing
    for section, values in defaults.items():
        expected = dict(values)
        expected.update(own.get(section) or {})
        assert merged[section] == expected


def test_the_project_files_are_plain_yaml() -> None:
    # Given the settings in the checkout
    # When another YAML parser reads them
    # Then it finds what ours finds
    for file in [CHECKOUT / "live/project.yaml", *CHECKOUT.glob("live/*/env.yaml")]:
        assert yaml.safe_load(file.read_text()) == load(file.read_text(), SettingsLoader)
