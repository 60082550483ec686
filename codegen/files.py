"""Files that are written only when they change, and whole or not at all."""

from __future__ import annotations

import difflib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from codegen.errors import BatonError
from codegen.reading import read_bytes
from codegen.shown import command

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
        return read_bytes(path)
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
                staged.append((_stage(change.path, change.after), change.path))
        for temporary, path in staged:
            _put(temporary, path)
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write one file, for its owner alone, unless it is that already: whole or not at all."""
    if read_if_there(path) == content and path.stat().st_mode & 0o777 == 0o600:
        return
    _put(_stage(path, content, 0o600), path)


def _stage(path: Path, content: bytes, mode: int | None = None) -> Path:
    """The new content beside the file, on the disk, under a name that nobody else uses."""
    with _named(path):
        file = path.resolve()  # a link stays one: what it leads to is written
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(_mode(file) if mode is None else mode)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        return temporary


def _mode(file: Path) -> int:
    """The mode that a file has, or else what files usually have."""
    return stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o644


def _put(temporary: Path, path: Path) -> None:
    with _named(path):
        temporary.replace(path.resolve())


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What fails names the file that was meant, not the one beside it that nobody knows."""
    try:
        yield
    except OSError as error:
        raise BatonError(
            f"{path}: cannot be written: {error.strerror or error}",
            f"make room and see who may write there: {command('df', '-h', str(path.parent))}; "
            f"{command('ls', '-ld', str(path.parent))}",
        ) from error
