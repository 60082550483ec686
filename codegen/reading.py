"""Reads files that people and tools have written: regular files of a sensible size, and no others.

Opening a named pipe waits for a writer, a device may never end, and a huge file fills the memory.
All of them can be in the place of any file, so every reader goes through here.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LARGEST = 16 * 1024 * 1024  # bytes; CloudFormation takes templates of 1 MB, and S3's policies less
_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """Read a regular file.

    Parameters
    ----------
    largest:
        In bytes.

    Raises
    ------
    OSError
        It is missing (FileNotFoundError), may not be read, is no regular file, or is too large.
    """
    _require_file(path, path.stat().st_mode)
    # O_NONBLOCK: a pipe may have taken the file's place since
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        _require_file(path, os.fstat(handle).st_mode)
        content = file.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, f"larger than {largest / 1024 / 1024:g} MiB", str(path))
    return content


def read_text(path: Path, encoding: str = "utf-8", largest: int = LARGEST) -> str:
    """Read a text file, with line ends as Python reads them.

    Raises
    ------
    OSError
        As `read_bytes`.
    UnicodeDecodeError
        It is not in that encoding.
    """
    text = read_bytes(path, largest).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def real(path: Path) -> Path:
    """Where a path leads through links; a link to itself leads to itself, and is no error."""
    return Path(os.path.realpath(path))


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path leads to a place in a folder, links followed."""
    return real(path).is_relative_to(real(folder))


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, without its name: messages begin with that."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    return error.strerror or str(error)


def _require_file(path: Path, mode: int) -> None:
    for is_kind, what in _KINDS:
        if is_kind(mode):
            number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
            raise OSError(number, f"{what}, not a file", str(path))
