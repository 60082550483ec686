"""Machine code that cannot run where it is meant to is found by its header."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.release.binaries import glibc_of, misfits

GIT = shutil.which("git") or ""


def elf(machine: int, *needs: str, big: bool = False) -> bytes:
    """The beginning of an ELF file, and the versions of glibc that it needs."""
    order = "big" if big else "little"
    ident = b"\x7fELF" + bytes([2, 2 if big else 1, 1]) + bytes(9)
    head = ident + (2).to_bytes(2, order) + machine.to_bytes(2, order)
    return head + bytes(100) + b"".join(f"\0GLIBC_{each}\0".encode() for each in needs)


def found(folder: Path, content: bytes, architecture: str = "arm64", **more: object) -> list[str]:
    (folder / "file").write_bytes(content)
    options = {"linux": True, "glibc": 34, **more}
    return list(misfits({"lib/file": folder / "file"}, architecture, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (elf(183), None),
        (elf(62), "is for x86_64"),
        (elf(8), "is for another processor"),
        (elf(183, big=True), None),
        (elf(183, "2.17", "2.34"), None),
        (elf(183, "2.17", "2.34", "2.38"), "needs glibc 2.38, and 2.34 is there"),
        (b"\xcf\xfa\xed\xfe" + bytes(40), "is for macOS"),
        (b"#!/bin/sh\n", None),
        (b"\x7fELF", None),
        (b"", None),
    ],
)
def test_a_file_for_another_platform_is_named(
    tmp_path: Path, content: bytes, says: str | None
) -> None:
    assert found(tmp_path, content) == ([f"lib/file {says}"] if says else [])


def test_on_macos_machine_code_of_linux_does_not_run(tmp_path: Path) -> None:
    assert found(tmp_path, elf(183), linux=False) == ["lib/file is for Linux"]
    assert found(tmp_path, b"\xcf\xfa\xed\xfe" + bytes(40), linux=False) == []


def test_this_machine_has_the_glibc_that_it_has(tmp_path: Path) -> None:
    assert found(tmp_path, elf(183, "2.99"), glibc=None) == []


@pytest.mark.parametrize(
    ("runtime", "minor"),
    [
        ("python3.13", 34),
        ("python3.12", 34),
        ("python3.11", 26),
        ("python3.9", 26),
        ("nodejs22.x", 34),
        ("nodejs18.x", 26),
        ("java21", 34),
        ("java17", 26),
        ("java17.al2023", 34),
        ("provided.al2", 26),
        ("provided.al2023", 34),
        ("ruby3.3", 34),
        ("dotnet8", 34),
    ],
)
def test_a_runtime_has_the_glibc_of_its_amazon_linux(runtime: str, minor: int) -> None:
    assert glibc_of(runtime) == minor
