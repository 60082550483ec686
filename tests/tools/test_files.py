"""What set-up rewrites is replaced: a copy that shares it by hard links does not change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.terraform.engine import OPENTOFU, TERRAFORM
from tools import files, provider, setup
from tools.component import Component, ensure

Write = Callable[[Path, str], Path]


def write_stamp(tools: Path, text: str) -> Path:
    ensure(Component("x", (text,), lambda: "installed"), tools / "stamps")
    return tools / "stamps" / "x"


def write_launcher(tools: Path, text: str) -> Path:
    setup.launch("tool", tools / text, Path("script.py"))
    return tools / "bin" / "tool"


def write_cli_config(tools: Path, text: str) -> Path:
    engine = TERRAFORM if text == "one" else OPENTOFU
    (tools / "providers" / engine.provider).mkdir(parents=True, exist_ok=True)
    provider.write_cli_config(tools)
    return tools / "terraform.rc"


def write_program(tools: Path, text: str) -> Path:
    files.write_program(tools / "bin" / "program", text.encode())
    return tools / "bin" / "program"


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(setup, "BIN", tmp_path / ".tools" / "bin")
    return tmp_path / ".tools"


@pytest.mark.parametrize(
    "write",
    [write_stamp, write_launcher, write_cli_config, write_program],
    ids=lambda w: w.__name__,
)
def test_a_hard_link_keeps_what_it_had(write: Write, tools: Path, tmp_path: Path) -> None:
    # Given a file of set-up's, and a copy of it that shares its content
    file = write(tools, "one")
    copy = tmp_path / "copy"
    copy.hardlink_to(file)
    before = copy.read_bytes()

    # When set-up writes it again
    write(tools, "two")

    # Then only set-up's own has changed, and nothing else is left
    assert file.read_bytes() != before
    assert copy.read_bytes() == before
    assert [each.name for each in file.parent.iterdir() if each.name.endswith(".part")] == []


def test_a_link_is_replaced_whatever_was_there(tmp_path: Path) -> None:
    # Given a file, and what a killed run may have left
    place = tmp_path / "bin" / "tool"
    files.write_program(place, b"old")
    (tmp_path / "bin" / ".tool.part").symlink_to("nowhere")

    # When
    files.link(place, tmp_path / "one")
    files.link(place, tmp_path / "two")

    # Then
    assert place.readlink() == tmp_path / "two"
    assert [file.name for file in place.parent.iterdir()] == ["tool"]


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    file = tmp_path / "terraform.rc"
    files.write(file, b"old")

    # When the disk is full
    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(file, b"new")

    # Then
    assert file.read_bytes() == b"old"
