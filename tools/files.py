"""Files and links of `.tools/`, each replaced by a new one: never written where it is.

A checkout may share its tools with another one by hard links: a file that is written in place
changes there too, and a reader can see half of it.
"""

from __future__ import annotations

from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file, whole or not at all."""
    part = _part(path)
    part.write_bytes(content)
    part.chmod(mode)
    part.replace(path)


def write_program(path: Path, content: bytes) -> None:
    """Write a file that can be run."""
    write(path, content, 0o755)


def link(path: Path, target: Path) -> None:
    """Make a symbolic link; what was at its place is gone only when it is there."""
    part = _part(path)
    part.symlink_to(target)
    part.replace(path)


def _part(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    return part
