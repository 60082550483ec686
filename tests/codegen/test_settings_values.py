"""Each setting by itself: what is not allowed is refused, and the message says what is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from codegen.errors import SettingsError
from codegen.settings import load_environment
from codegen.settings.environment import Environment
from tests.codegen.live import copy_of_live, say
from tests.codegen.settings_samples import BAD, GOOD, all_keys, fitting


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return copy_of_live(tmp_path)


def value_of(environment: Environment, key: str) -> Any:
    """A setting by its dotted key, as plain data."""
    found: Any = environment.model_dump()
    for part in key.split("."):
        found = found[part]
    return found


def test_every_setting_has_samples() -> None:
    assert set(BAD) == all_keys()
    assert set(GOOD) == all_keys()


@pytest.mark.parametrize("key", BAD)
def test_a_bad_value_is_refused_with_what_is_allowed(
    key: str, live: Path, snapshot: SnapshotAssertion
) -> None:
    # Given
    original = (live / "dev/env.yaml").read_text()
    messages = {}
    for value in BAD[key]:
        (live / "dev/env.yaml").write_text(original)
        say(live, "dev", {key: value})

        # When
        with pytest.raises(SettingsError) as caught:
            load_environment(live, "dev")

        # Then it is this key and no other, by file and line
        messages[str(value)] = caught.value.message.replace(str(live), "live")
        assert f": {key}" in messages[str(value)]
        assert caught.value.exit_code == 2
    assert messages == snapshot


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(said=st.fixed_dictionaries({}, optional=GOOD).map(fitting))
def test_any_combination_that_fits_is_read_as_it_is_said(live: Path, said: dict[str, Any]) -> None:
    # Given an environment that says any of its settings
    copy_of_live(live.parent)
    say(live, "dev", said)

    # When
    environment = load_environment(live, "dev")

    # Then
    assert {key: value_of(environment, key) for key in said} == said


def test_a_list_or_limits_replace_the_default_whole(live: Path) -> None:
    # Given limits in the project and others in an environment
    defaults = (live / "project.yaml").read_text()
    (live / "project.yaml").write_text(
        defaults.replace("billing: on_demand", "billing: provisioned")
        .replace("read_capacity: null", "read_capacity: {min: 1, max: 9}")
        .replace("write_capacity: null", "write_capacity: {min: 1, max: 9}")
    )
    say(live, "dev", {"data.read_capacity": {"min": 2, "max": 3}})

    # When
    data = load_environment(live, "dev").data

    # Then
    assert data.read_capacity is not None
    assert data.write_capacity is not None
    assert (data.read_capacity.min, data.read_capacity.max) == (2, 3)
    assert (data.write_capacity.min, data.write_capacity.max) == (1, 9)


@pytest.mark.parametrize(("said", "written"), [(118, "118"), (118.0, "118"), (0.5, "0.5")])
def test_a_cache_size_is_written_as_aws_writes_it(live: Path, said: float, written: str) -> None:
    # Given
    say(live, "dev", {"api.cache_size_gb": said})

    # When
    size = load_environment(live, "dev").api.cache_size_gb

    # Then
    assert str(size) == written


def test_a_bad_default_is_found_where_it_stands(live: Path) -> None:
    # Given
    project = live / "project.yaml"
    project.write_text(project.read_text().replace("nat: single", "nat: double"))
    line = project.read_text().split("\n").index("    nat: double") + 1

    # When
    with pytest.raises(SettingsError) as caught:
        load_environment(live, "dev")

    # Then
    assert caught.value.message == (
        f'{project}:{line}: defaults.network.nat: allowed: none, single, per_az (it says "double")'
    )


def test_the_network_range_is_no_default(live: Path) -> None:
    # Given
    project = live / "project.yaml"
    project.write_text(
        project.read_text().replace("  network:\n", "  network:\n    cidr: 10.9.0.0/16\n")
    )

    # When
    with pytest.raises(SettingsError) as caught:
        load_environment(live, "dev")

    # Then
    assert caught.value.message.endswith(
        "defaults.network.cidr: not here, each environment has its own, in its env.yaml"
    )
