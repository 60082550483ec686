"""What Baton asks git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import BatonError

GITLINK = "160000"  # the mode of a submodule in git's index


def _git(root: Path, *arguments: str) -> str:
    done = _run(root, *arguments)
    if done.returncode:
        raise BatonError(f"git {arguments[0]} in {root} failed: {done.stderr.strip()}")
    return done.stdout


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            check=False,
            # inside a git hook these name another repository
            env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        )
    except FileNotFoundError as error:
        raise BatonError("git is not installed", "install git and run again") from error


@dataclass(frozen=True)
class Listing:
    """What git would commit of a repository: each path relative to its root.

    Attributes
    ----------
    files:
        Files and links, tracked or new and not ignored, that are there.
    repositories:
        Submodules and other repositories inside of it, whose files are not listed.
    """

    files: tuple[str, ...]
    repositories: tuple[str, ...]


def listing(root: Path) -> Listing:
    """List a repository, new files included."""
    tracked = _git(root, "ls-files", "-z", "--stage").split("\0")
    new = _git(root, "ls-files", "-z", "--others", "--exclude-standard").split("\0")
    named = [line.partition("\t") for line in tracked if line]
    found = {path for mode, _, path in named if not mode.startswith(GITLINK)}
    found |= {path for path in new if path and not path.endswith("/")}
    inner = {path for mode, _, path in named if mode.startswith(GITLINK)}
    inner |= {path.rstrip("/") for path in new if path.endswith("/")}
    there = (path for path in found if os.path.lexists(root / path))
    return Listing(tuple(sorted(there)), tuple(sorted(inner)))


def is_ignored(root: Path, path: Path) -> bool:
    """Whether git ignores a path of the repository."""
    done = _run(root, "check-ignore", "--quiet", "--", str(path))
    return done.returncode == 0


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
