"""Files that are written only when they change, and whole or not at all."""

from __future__ import annotations

import difflib
import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Verb = Literal["create", "identical", "update"]


@dataclass(frozen=True)
class FileChange:
    """What rendering means for one file."""

    path: Path
    before: bytes | None
    after: bytes

    @property
    def verb(self) -> Verb:
        """In one word, what happens to the file."""
        if self.before is None:
            return "create"
        return "identical" if self.before == self.after else "update"

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty where there is none."""
        source = "/dev/null" if self.before is None else str(self.path)
        lines = difflib.unified_diff(
            _lines(self.before or b""), _lines(self.after), source, str(self.path)
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines(keepends=True)


def read_if_there(path: Path) -> bytes | None:
    """A file's bytes, or None where there is no file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock: of two renderings into it, one waits for the other."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # which also unlocks


def write_all(changes: Sequence[FileChange]) -> None:
    """Write the files that change.

    All contents are on the disk, under other names, before the first file is replaced: whatever
    fails or is killed, each file is the old one or the new one, and never a part of either.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            if change.verb != "identical":
                staged.append((_stage(change), change.path))
        for temporary, path in staged:
            temporary.replace(path)
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write one file, for its owner alone, unless it is that already: whole or not at all."""
    change = FileChange(path, read_if_there(path), content)
    if change.verb == "identical" and path.stat().st_mode & 0o777 == 0o600:
        return
    _stage(change, 0o600).replace(path)


def _stage(change: FileChange, mode: int = 0o644) -> Path:
    """The new content beside the file, on the disk, under a name that nobody else uses."""
    folder = change.path.parent
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{change.path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(change.after)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return temporary
