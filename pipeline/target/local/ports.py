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
from typing import Any

import psutil

from pipeline.target.local.home import DEFAULT_PORT, LOOPBACK


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


def owner(port: int) -> str:
    """Who listens on a port: "process 4711 (python in /home/me/other)"; "another process" where
    the system does not say: another user's.
    """
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # another user's, or gone meanwhile
            if any(_listens(each, port) for each in process.net_connections("tcp")):
                return f"process {process.pid} ({process.name()} in {process.cwd()})"
    return "another process"


def _listens(connection: Any, port: int) -> bool:
    return bool(connection.status == psutil.CONN_LISTEN and connection.laddr.port == port)
