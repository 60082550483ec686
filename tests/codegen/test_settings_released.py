"""A release is read by a checkout of another age: settings come and go between the two."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from codegen.errors import SettingsError
from codegen.settings import load_environment, load_released

HERE = Path(__file__).parents[2] / "live"


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """A release's settings: those of this checkout, until a test changes them."""
    folder = tmp_path / "live"
    for name in ("project.yaml", "dev/env.yaml", "staging/env.yaml", "prod/env.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, folder / name)
    return folder


def _change(file: Path, section: str, **keys: object) -> None:
    """Set keys in a section; None takes one out, and a section without keys is taken out whole."""
    document = yaml.safe_load(file.read_text())
    holder = document.get("defaults", document)
    if not keys:
        del holder[section]
    for key, value in keys.items():
        holder.setdefault(section, {})
        holder[section].pop(key, None)
        if value is not None:
            holder[section][key] = value
    file.write_text(yaml.safe_dump(document))


def test_a_release_of_the_same_age_is_read_as_it_is(live: Path) -> None:
    assert load_released(live, "prod", HERE) == load_environment(HERE, "prod")


def test_a_setting_that_it_does_not_know_yet_is_as_the_checkout_says(live: Path) -> None:
    # Given a release from before a section, and a key of another, had come
    _change(live / "project.yaml", "delivery")
    _change(live / "project.yaml", "functions", canary=None)

    # When it is read as a checkout is, Then it is refused; as a release, it is not
    with pytest.raises(SettingsError, match="missing"):
        load_environment(live, "dev")
    assert load_released(live, "dev", HERE) == load_environment(HERE, "dev")


def test_a_setting_that_is_none_any_more_is_left_out(live: Path) -> None:
    _change(live / "project.yaml", "functions", color="blue")
    _change(live / "project.yaml", "weather", forecast="rain")
    _change(live / "dev/env.yaml", "logs", color="blue", retention_days=7)
    _change(live / "dev/env.yaml", "weather", forecast="sun")

    assert load_released(live, "dev", HERE) == load_environment(HERE, "dev")


def test_what_it_says_itself_counts(live: Path) -> None:
    _change(live / "project.yaml", "api", throttle_rate=7)
    _change(live / "dev/env.yaml", "logs", retention_days=14)

    released = load_released(live, "dev", HERE)

    assert released.api.throttle_rate == 7
    assert released.logs.retention_days == 14


def test_a_wrong_value_is_refused_all_the_same(live: Path) -> None:
    _change(live / "project.yaml", "api", throttle_rate="fast")

    with pytest.raises(SettingsError, match="throttle_rate"):
        load_released(live, "dev", HERE)
