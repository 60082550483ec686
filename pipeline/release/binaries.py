"""What machine code in a build is for: SAM builds on this machine, and for it, unless told better.

Format: the ELF header (System V ABI, "ELF Header"), and Mach-O's magic numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.release.sources import Files

ELF = b"\x7fELF"
MACH_O = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
MACHINES = {62: "x86_64", 183: "arm64"}  # e_machine
_GLIBC = re.compile(rb"\0GLIBC_2\.(\d+)(?=\0)")
# docs.aws.amazon.com/lambda, "Lambda runtimes": Amazon Linux 2 has glibc 2.26, 2023 has 2.34.
GLIBC_2, GLIBC_2023 = 26, 34
_ON_2 = re.compile(
    r"python3\.([89]|10|11)|nodejs1\d\.x|java(8|11|17)|.*\.al2|ruby3\.2|dotnet6|provided|go1\.x"
)


def glibc_of(runtime: str) -> int:
    """The minor version of glibc 2 that a Lambda runtime has."""
    return GLIBC_2 if _ON_2.fullmatch(runtime) else GLIBC_2023


def misfits(files: Files, architecture: str, *, linux: bool, glibc: int | None) -> Iterator[str]:
    """Each file that cannot run where it is meant to, with the reason.

    Parameters
    ----------
    architecture:
        Lambda's name of the processor.
    linux:
        Whether it runs on Linux; otherwise on macOS.
    glibc:
        The minor version of glibc 2 there; None where that is this machine's.
    """
    for name, path in files.items():
        if why := _misfit(path, architecture, linux=linux, glibc=glibc):
            yield f"{name} {why}"


def _misfit(path: Path, architecture: str, *, linux: bool, glibc: int | None) -> str:
    with path.open("rb") as file:
        header = file.read(20)
        if header[:4] in MACH_O:
            return "is for macOS" if linux else ""
        if header[:4] != ELF or len(header) < 20:  # less is no file to run
            return ""
        if not linux:
            return "is for Linux"
        machine = int.from_bytes(header[18:20], "little" if header[5] == 1 else "big")
        found = MACHINES.get(machine, "another processor")
        if found != architecture:
            return f"is for {found}"
        needed = [int(minor) for minor in _GLIBC.findall(file.read())] if glibc else []
    if glibc and needed and max(needed) > glibc:
        return f"needs glibc 2.{max(needed)}, and 2.{glibc} is there"
    return ""
