"""The programs that SAM's builders start: whether they are there, and what to install."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence

from codegen.errors import BatonError
from codegen.sam.methods import BUILDERS, PROGRAMS, build_method
from pipeline.release.layers import REQUIREMENTS
from pipeline.release.pieces import Piece

# Program → what to install for it, where that is not its own name.
INSTALL = {
    "npm": "Node.js, which brings npm",
    "node": "Node.js",
    "bundle": "Bundler (gem install bundler)",
    "cargo": "Rust (rustup)",
    "cargo-lambda": "cargo-lambda (cargo-lambda.info)",
    "dotnet": "the .NET SDK, and: dotnet tool install -g Amazon.Lambda.Tools",
    "java": "a JDK of the runtime's version",
    "mvn": "Maven",
    "gradle": "Gradle, or add its wrapper to the folder",
    "esbuild": "esbuild (npm install -g esbuild), or add it to the folder's dependencies",
}


def require(pieces: Sequence[Piece]) -> None:
    """Refuse to build where a program is missing; names every resource and what to install.

    Raises
    ------
    BatonError
        One is missing.
    """
    missing = {
        program: [piece.artifact.resource for piece in pieces if program in _missing(piece)]
        for program in dict.fromkeys(name for piece in pieces for name in _missing(piece))
    }
    if missing:
        what = "; ".join(f"{', '.join(names)}: {program}" for program, names in missing.items())
        remedy = "; ".join(INSTALL.get(program, program) for program in missing)
        raise BatonError(f"what SAM builds with is not installed: {what}", f"install {remedy}")


def _missing(piece: Piece) -> list[str]:
    return [program for program in _needed(piece) if shutil.which(program) is None]


def _needed(piece: Piece) -> Iterator[str]:
    """The programs that a piece's build starts, as far as its folder tells."""
    method = str(build_method(piece.artifact))
    builder = BUILDERS.get(method, "")
    yield from PROGRAMS.get(builder, ())
    names = piece.files
    if builder == "python" and REQUIREMENTS in names:
        runtime = piece.platform.runtime
        if runtime != f"python{sys.version_info[0]}.{sys.version_info[1]}":
            yield runtime
    if builder == "java" and not {"gradlew", "build.gradle", "build.gradle.kts"} & {*names}:
        yield "mvn"
    if (
        builder == "java"
        and "gradlew" not in names
        and {"build.gradle", "build.gradle.kts"} & {*names}
    ):
        yield "gradle"
    if builder == "esbuild":
        manifest = names.get("package.json")
        if manifest is None or '"esbuild"' not in manifest.read_text("utf-8", "replace"):
            yield "esbuild"
