"""One version, wherever it is said."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipeline import __version__
from pipeline.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"baton, version {project['version']}\n"
    assert project["version"] == __version__


def test_the_changelog_begins_with_what_is_not_released() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings[0] == "[Unreleased]"
