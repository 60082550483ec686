"""Builds Dynoxide, an open-source DynamoDB engine, for the tests of the service's store.

tools/dynoxide is a crate that pins it with all that it is made of, by hash. A machine without Rust
or a C compiler goes without: its tests are then skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tools import files
from tools.machine import SetupError, run, usable

NAME = "dynoxide"
SKIPPED = "the tests on Dynoxide are skipped"
MINIMUM_RUST = (1, 88)  # what the crate asks for


def inputs(root: Path) -> tuple[str, ...]:
    """What decides whether it has to be built again."""
    names = ("Cargo.toml", "Cargo.lock", "src/main.rs")
    return tuple((root / "tools" / NAME / name).read_text() for name in names)


def obstacle(programs: Path) -> str | None:
    """Why it cannot be built on this machine, in one line; None where it can be."""
    if not usable("cargo", MINIMUM_RUST, "--version", ours=programs):
        wanted = ".".join(map(str, MINIMUM_RUST))
        return f"there is no Rust {wanted} or newer (cargo) in PATH; {SKIPPED}"
    if not shutil.which("cc"):
        return f"there is no C compiler (cc) in PATH; {SKIPPED}"
    return None


def install(root: Path, tools: Path) -> str:
    """Build it into `.tools/bin`; return how in a few words."""
    built = tools / "dynoxide-build"
    try:
        run(
            *("cargo", "build", "--release", "--locked"),
            cwd=root / "tools" / NAME,
            CARGO_TARGET_DIR=str(built),
        )
    except SetupError as error:
        raise SetupError(f"{error}\n  Without cargo in PATH it is left out; {SKIPPED}.") from error
    files.write_program(tools / "bin" / NAME, (built / "release" / NAME).read_bytes())
    shutil.rmtree(built)
    return "built with cargo"
