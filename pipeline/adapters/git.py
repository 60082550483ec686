"""What Baton asks git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from codegen.errors import BatonError


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            check=False,
            # inside a git hook these name another repository
            env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        )
    except FileNotFoundError as error:
        raise BatonError("git is not installed", "install git and run again") from error
    if done.returncode:
        raise BatonError(f"git {arguments[0]} in {root} failed: {done.stderr.strip()}")
    return done.stdout


def files(root: Path, paths: Sequence[str]) -> list[str]:
    """The files there are below `paths`, tracked or new and not ignored, sorted."""
    listed = _git(root, "ls-files", "-z", "-co", "--exclude-standard", "--", *paths)
    names = {name for name in listed.split("\0") if name}
    return sorted(name for name in names if (root / name).is_file())


def ignored(root: Path, paths: Sequence[str]) -> list[str]:
    """The files below `paths` that git ignores, sorted; a folder ignored as a whole ends in /."""
    listed = _git(root, "ls-files", "-z", "-oi", "--exclude-standard", "--directory", "--", *paths)
    return sorted(name for name in listed.split("\0") if name)


def head(root: Path) -> str | None:
    """The commit checked out, None where there is none yet."""
    try:
        return _git(root, "rev-parse", "HEAD").strip()
    except BatonError:
        return None


def dirty(root: Path, paths: Sequence[str]) -> bool:
    """Whether `paths` differ from the commit checked out."""
    return bool(_git(root, "status", "--porcelain", "--", *paths).strip())


def init(folder: Path) -> None:
    """Make `folder` a repository root, so that Terragrunt's get_repo_root() names it."""
    _git(folder, "init", "--quiet", "--template=")
