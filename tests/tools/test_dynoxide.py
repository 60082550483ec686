"""Dynoxide is built from hashed crates; a machine that cannot build it is told in one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tools import dynoxide, setup
from tools.component import ensure
from tools.machine import ROOT, SetupError


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


CARGO = 'echo "cargo 1.95.0 (f2d3ce0bd 2026-03-21)"'
BUILDS = """PATH=/bin:/usr/bin
mkdir -p "$CARGO_TARGET_DIR/release"
echo built >"$CARGO_TARGET_DIR/release/dynoxide\""""


def test_nothing_is_in_the_way_with_rust_and_a_c_compiler(path: Path, tmp_path: Path) -> None:
    program(path, "cargo", CARGO)
    program(path, "cc", "exit 0")

    assert dynoxide.obstacle(tmp_path / "bin") is None


@pytest.mark.parametrize("version", ["1.87.0", "0.99.1"])
def test_with_an_old_rust_it_is_left_out(path: Path, tmp_path: Path, version: str) -> None:
    program(path, "cargo", f'echo "cargo {version}"')

    assert dynoxide.obstacle(tmp_path / "bin") == (
        "there is no Rust 1.88 or newer (cargo) in PATH; the tests on Dynoxide are skipped"
    )


def test_without_a_c_compiler_it_is_left_out(path: Path, tmp_path: Path) -> None:
    program(path, "cargo", CARGO)

    assert str(dynoxide.obstacle(tmp_path / "bin")).startswith(
        "there is no C compiler (cc) in PATH"
    )


def test_it_is_built_as_locked_and_nothing_but_the_program_stays(
    path: Path, tmp_path: Path
) -> None:
    program(path, "cargo", f'{BUILDS}; echo "$@" >"{tmp_path}/arguments"')

    assert dynoxide.install(ROOT, tmp_path / ".tools") == "built with cargo"

    assert (tmp_path / "arguments").read_text() == "build --release --locked\n"
    assert (tmp_path / ".tools/bin/dynoxide").stat().st_mode & 0o111
    assert [each.name for each in (tmp_path / ".tools").iterdir()] == ["bin"]


def test_what_cargo_refuses_is_not_installed(path: Path, tmp_path: Path) -> None:
    program(
        path, "cargo", "echo 'error: checksum for `tokio v1` changed between lock files'; exit 101"
    )

    with pytest.raises(SetupError, match="checksum for `tokio v1` changed") as told:
        dynoxide.install(ROOT, tmp_path / ".tools")

    assert "Without cargo in PATH it is left out" in str(told.value)
    assert not (tmp_path / ".tools" / "bin").exists()


def test_it_is_installed_only_where_it_is_named_and_is_no_obstacle_to_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given the part, as set-up has it, on a machine without Rust
    assert "dynoxide" not in {part.name for wave in setup.components() for part in wave}
    parts = {part.name: part for wave in setup.components(["dynoxide"]) for part in wave}
    part = replace(
        parts["dynoxide"], outputs=(tmp_path / "nothing",), obstacle=lambda: "there is no Rust"
    )

    # When set-up comes to it
    ensure(part, tmp_path / "stamps")

    # Then it says so in one line, and goes on
    assert capsys.readouterr().err == "setup: dynoxide left out: there is no Rust\n"
    assert not (tmp_path / "stamps").exists()
