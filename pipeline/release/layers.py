"""Builds the layer of third-party packages with uv, for the target's platform on any host."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from codegen.errors import BatonError
from pipeline.release.archive import zip_folder
from pipeline.release.manifest import digest
from pipeline.target import Platform, Target

REQUIREMENTS = "requirements.txt"
SCRIPT = re.compile(r"(\.\./)*bin/")
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}


def uv_platform(platform: Platform, target: Target, system: str) -> str:
    """uv's name for what the layer runs on: Amazon Linux on aws, the host's system locally."""
    machine = MACHINES[platform.architecture]
    if target.name == "local" and system == "Darwin":
        return f"{machine}-apple-darwin"
    return f"{machine}-manylinux2014"  # Lambda's Amazon Linux 2023 has a newer glibc than that


def build(folder: Path, target: Target, system: str) -> bytes:
    """The zip of a layer folder that holds a hashed requirements.txt.

    The result is kept by the digest of what decides it, because wheels are the slow part of a
    build and change rarely.

    Raises
    ------
    BatonError
        uv could not install the packages for that platform.
    """
    lock = (folder / REQUIREMENTS).read_bytes()
    name = uv_platform(target.platform, target, system)
    python = target.platform.runtime.removeprefix("python")
    cached = target.checkout.home / "cache" / "layers" / f"{digest(lock)[:16]}-{python}-{name}.zip"
    if cached.exists():
        return cached.read_bytes()
    cached.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached.parent) as scratch:
        content = Path(scratch) / "python"
        _install(target, folder / REQUIREMENTS, content, python, name)
        part = Path(scratch) / "layer.zip"
        part.write_bytes(zip_folder(Path(scratch)))
        part.replace(cached)
    return cached.read_bytes()


def _install(target: Target, lock: Path, folder: Path, python: str, name: str) -> None:
    done = subprocess.run(
        [
            *(target.checkout.tools / "bin" / "uv", "pip", "install", "--quiet", "--no-config"),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy"),
            *("--python-version", python, "--python-platform", name),
            *("--target", folder, "-r", lock),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=target.child(),
    )
    if done.returncode:
        raise BatonError(
            f"uv could not install {lock} for Python {python} on {name}:\n{done.stderr.strip()}",
            "make lock, if a package has no wheel for that platform in its version",
        )
    _drop_scripts(folder)
    (folder / ".lock").unlink(missing_ok=True)


def _drop_scripts(folder: Path) -> None:
    """Remove the scripts, which name this machine's Python, and their digests from the RECORDs."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for record in folder.glob("*.dist-info/RECORD"):
        lines = record.read_text().splitlines(keepends=True)
        record.write_text("".join(line for line in lines if not SCRIPT.match(line)))
