"""What this machine is and has: its name, its programs, and how they are run."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SetupError(Exception):
    """Something cannot be installed; the message names it and says how to get it."""


def versions() -> dict[str, str]:
    """The pinned versions, from mise.toml: the one place that names them."""
    pins: dict[str, str] = tomllib.loads((ROOT / "mise.toml").read_text())["tools"]
    return pins


def system() -> str:
    """This machine as Terraform and Go name it, for example "linux_amd64"."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}_{machine}"


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> str:
    """Run a command, return what it printed; raise SetupError with its last lines if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n  ".join(done.stdout.strip().splitlines()[-8:])
        raise SetupError(f"`{' '.join(map(str, command))}` failed:\n  {tail}")
    return done.stdout


def version_of(output: str) -> tuple[int, ...]:
    """The first version in `output`, as numbers: "go1.26.8" → (1, 26, 8)."""
    for word in output.replace("go1", "1").replace("v", " ").split():
        parts = word.split("-")[0].split(".")
        if len(parts) >= 2 and all(part.isdigit() for part in parts):
            return tuple(int(part) for part in parts)
    return ()


def usable(name: str, minimum: tuple[int, ...], *arguments: str, ours: Path) -> Path | None:
    """The command `name` from PATH, if it is new enough.

    Parameters
    ----------
    name, minimum:
        The command, and the oldest version that will do.
    arguments:
        What makes it print its version.
    ours:
        A folder of PATH that is passed over: our own links are not what the machine has.
    """
    path = os.pathsep.join(
        part for part in os.environ.get("PATH", "").split(os.pathsep) if Path(part) != ours
    )
    found = shutil.which(name, path=path)
    if not found:
        return None
    try:
        installed = version_of(run(found, *arguments))
    except (SetupError, OSError):
        return None
    return Path(found) if installed >= minimum else None
