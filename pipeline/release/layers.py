"""Python code with its packages, installed by uv from a hashed requirements.txt.

uv installs for the target's platform on any host, and needs no Python of the runtime's version. The
result has what SAM's own builder would give, without the scripts, which name this machine's Python.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from fnmatch import fnmatch
from pathlib import Path

from codegen.errors import BatonError
from pipeline.release.archive import zip_files
from pipeline.release.binaries import GLIBC_2, glibc_of
from pipeline.release.manifest import digest
from pipeline.release.sources import Files, is_content
from pipeline.target import Platform, Target

REQUIREMENTS = "requirements.txt"
SCRIPT = re.compile(r"(\.\./)*bin/")
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# What SAM's Python builder does not copy (aws_lambda_builders/workflows/python_pip/workflow.py);
# a test compares.
EXCLUDED = (
    *(".aws-sam", ".chalice", ".git", ".gitignore", "*.pyc", "__pycache__", "*.so", ".Python"),
    *("*.egg-info", "*.egg", "pip-log.txt", "pip-delete-this-directory.txt", "htmlcov", ".tox"),
    *(".nox", ".coverage", ".cache", ".pytest_cache", ".python-version", ".mypy_cache"),
    *(".dmypy.json", ".pyre", ".env", ".venv", "venv", "venv.bak", "env.bak", "ENV", "env"),
    *(".vscode", ".idea"),
)


def copied(files: Files) -> Files:
    """The files of a folder that SAM's Python builder copies."""
    return {
        name: path
        for name, path in files.items()
        if not any(fnmatch(part, each) for part in name.split("/") for each in EXCLUDED)
    }


def lists_nothing(requirements: str) -> bool:
    """Whether a requirements.txt names no package."""
    return not any(line.split("#")[0].strip() for line in requirements.splitlines())


def is_locked(requirements: str) -> bool:
    """Whether a requirements.txt has hashes, and so says exactly what is installed."""
    return "--hash=" in requirements


def uv_platform(platform: Platform, target: Target) -> str | None:
    """uv's name for what the code runs on; None for this machine, which runs the emulators."""
    if target.name == "local":
        return None
    glibc = glibc_of(platform.runtime)
    # glibc 2.26 has no name in uv: the one below is that of 2.17
    tag = "manylinux2014" if glibc == GLIBC_2 else f"manylinux_2_{glibc}"
    return f"{MACHINES[platform.architecture]}-{tag}"


def build(files: Files, platform: Platform, target: Target, prefix: str, what: str) -> bytes:
    """The zip of Python code with its packages.

    The result is kept by the digest of what decides it, because wheels are the slow part of a
    build and change rarely.

    Parameters
    ----------
    files:
        The code folder's, a hashed requirements.txt among them.
    prefix:
        The folder in the zip, with a slash: that of a layer, or nothing.
    what:
        What messages call the code.

    Raises
    ------
    BatonError
        uv could not install the packages for that platform.
    """
    code = copied(files)
    python = platform.runtime.removeprefix("python")
    name = uv_platform(platform, target)
    decides = [
        prefix,
        python,
        name or "host",
        *(f"{n}:{digest(p.read_bytes())}" for n, p in code.items()),
    ]
    key = digest("\n".join(decides).encode())[:32]
    cached = target.checkout.home / "cache" / "python" / f"{key}.zip"
    if cached.exists():
        return cached.read_bytes()
    cached.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached.parent) as scratch:
        installed = Path(scratch) / "packages"
        _install(target, files[REQUIREMENTS], installed, python, name)
        packed = {prefix + name: path for name, path in {**_all(installed), **code}.items()}
        part = Path(scratch) / "code.zip"
        part.write_bytes(zip_files(packed, what))
        part.replace(cached)
    return cached.read_bytes()


def _all(folder: Path) -> Files:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path for name, path in found.items() if path.is_file() and is_content(name)}


def _install(target: Target, lock: Path, folder: Path, python: str, name: str | None) -> None:
    done = subprocess.run(
        [
            *(target.checkout.tools / "bin" / "uv", "pip", "install", "--quiet", "--no-config"),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy"),
            *("--python-version", python, *(("--python-platform", name) if name else ())),
            *("--target", folder, "-r", lock),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=target.child(),
    )
    if done.returncode:
        where = name or "this machine"
        raise BatonError(
            f"uv could not install {lock} for Python {python} on {where}:\n{done.stderr.strip()}",
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
