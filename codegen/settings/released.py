"""Reads the settings of a release, which may be of another age than the checkout that reads it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from codegen.settings.environment import Environment
from codegen.settings.file import SettingsFile, read
from codegen.settings.loading import environment_names, load_merged, load_project


def load_released(live: Path, name: str, here: Path) -> Environment:
    """Read one environment of a release, which may be older or newer than this checkout.

    A setting that the release does not know yet is as project.yaml says here, one that is none any
    more is left out: so a release of before can be put back after a setting has come, or gone.

    Parameters
    ----------
    live:
        The release's folder of settings.
    name:
        The environment.
    here:
        The checkout's.

    Raises
    ------
    UsageError, SettingsError
        As `load_environment`.
    """
    released, ours = read(live / "project.yaml"), load_project(here)
    said = released.values.get("defaults")
    said = said if isinstance(said, dict) else {}
    defaults = {
        section: {key: (said.get(section) or {}).get(key, value) for key, value in keys.items()}
        for section, keys in ours.values["defaults"].items()
    }
    project = replace(released, values={**released.values, "defaults": defaults})
    return load_merged(live, name, environment_names(live), project, _known)


def _known(own: SettingsFile) -> SettingsFile:
    """What an env.yaml says, without what is no setting here."""
    values = {
        key: _without_unknown(key, value) if isinstance(value, dict) else value
        for key, value in own.values.items()
        if key in Environment.model_fields
    }
    return replace(own, values=values)


def _without_unknown(section: str, values: dict[str, Any]) -> dict[str, Any]:
    known = getattr(Environment.model_fields[section].annotation, "model_fields", values)
    return {key: value for key, value in values.items() if key in known}
