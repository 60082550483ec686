"""Ports of the loopback interface: whether one is free, who has it, where there is room."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.target.local.home import DEFAULT_PORT, LOOPBACK

LISTENING = "0A"  # TCP_LISTEN in /proc/net/tcp, include/net/tcp_states.h


def is_free(port: int) -> bool:
    """Whether nothing listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # past connections do not count
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True


def free_row(first: int, count: int) -> int:
    """The first of so many free ports in a row, from `first` on if there are any."""
    starts = (*range(first, 65536 - count, 10), *range(DEFAULT_PORT, first, 10))
    rows = (range(start, start + count) for start in starts)
    return next((row.start for row in rows if all(map(is_free, row))), first)


@contextmanager
def claimed(port: int) -> Iterator[None]:
    """One start at a time on a port, whichever checkout it is of.

    Else both would find it free, and take the answer of whichever is faster for their own's.
    """
    file = Path(tempfile.gettempdir()) / f"baton-{os.getuid()}-port-{port}.lock"
    held = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)  # released when it is closed, or this process ends
        yield
    finally:
        os.close(held)


def owner(port: int, proc: Path = Path("/proc")) -> str:
    """Who listens on a port: "process 4711 (python in /home/me/other)"; "another process" where
    that cannot be told: not on Linux, or another user's.
    """
    wanted = {f"socket:[{inode}]" for inode in _listening(port, proc)}
    for folder in proc.glob("[0-9]*") if wanted else ():
        if wanted.isdisjoint(_open_files(folder)):
            continue
        with suppress(OSError):  # gone meanwhile
            name = (folder / "comm").read_text().strip()
            return f"process {folder.name} ({name} in {(folder / 'cwd').readlink()})"
    return "another process"


def _open_files(folder: Path) -> Iterator[str]:
    """What a process has open, as far as we may see it: nothing of another user's."""
    with suppress(OSError):
        for each in (folder / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                yield str(each.readlink())


def _listening(port: int, proc: Path) -> set[str]:
    """The inodes of the sockets that listen on a port, whatever the interface; proc(5)."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        try:
            rows = (proc / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for _, local, _, state, *rest in map(str.split, rows):
            if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                inodes.add(rest[5])
    return inodes
