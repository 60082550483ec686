"""The rendered files of the three environments, byte for byte."""

from __future__ import annotations

from pathlib import Path

from tests.codegen.goldens import GOLDENS, render_all


def _files(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_three_environments_render_to_what_is_kept(tmp_path: Path) -> None:
    # Given the project's own settings and templates, and outputs as the units give them
    # When all environments are rendered into an empty folder
    render_all(tmp_path)

    # Then the files are those that were reviewed (tests/codegen/goldens.py regenerates them)
    assert _files(tmp_path) == _files(GOLDENS)


def test_rendering_again_changes_nothing(tmp_path: Path) -> None:
    # Given rendered files
    render_all(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}

    # When all environments are rendered again
    render_all(tmp_path)

    # Then no file was touched
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == before
