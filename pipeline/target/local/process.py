"""Detached processes: start one, know it again later, end it. Nothing here knows of emulators."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

POLL_SECONDS = 0.05
# Linux counts a start time from the boot, whose own time moves when the clock is set.
CLOCK_STEP_SECONDS = 2.0

# Processes started by this one must be waited for, or they stay as zombies and look alive.
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path, log: Path) -> int:
    """Start a process in a session of its own: Ctrl-C in the terminal does not reach it.

    Parameters
    ----------
    command:
        Program and arguments.
    environ:
        Its whole environment; nothing is inherited.
    cwd:
        Its working directory.
    log:
        Receives stdout and stderr, and is emptied first.

    Returns
    -------
    int
        The process id, which is also the id of its process group.
    """
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[child.pid] = child
    return child.pid


def identity(pid: int) -> str | None:
    """The start time of a process, in seconds since 1970; None when it has ended.

    It tells the process from a later one with the same id.
    """
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return None
    try:
        found = psutil.Process(pid)
        return None if found.status() == psutil.STATUS_ZOMBIE else f"{found.create_time():.2f}"
    except psutil.NoSuchProcess:
        return None


def alive(pid: int | None, known_identity: str | None) -> bool:
    """Whether the process of which the identity was taken still runs."""
    if pid is None or known_identity is None or (found := identity(pid)) is None:
        return False
    try:
        return abs(float(found) - float(known_identity)) < CLOCK_STEP_SECONDS
    except ValueError:  # of an older version
        return False


def end(pid: int, known_identity: str, patience_seconds: float) -> bool:
    """End a process by SIGTERM, and by SIGKILL where that does not help in time.

    Parameters
    ----------
    pid, known_identity:
        The process; nothing is signalled when the id belongs to another by now.
    patience_seconds:
        How long it may take to end by itself.

    Returns
    -------
    bool
        Whether it ended by itself.
    """

    def gone() -> bool:
        return not alive(pid, known_identity)

    if gone():
        return True
    os.kill(pid, signal.SIGTERM)
    if wait_until(gone, patience_seconds):
        return True
    if not gone():
        os.killpg(pid, signal.SIGKILL)  # with the workers it has started
        wait_until(gone, patience_seconds)
    return False


def wait_until(condition: Callable[[], bool], patience_seconds: float) -> bool:
    """Ask until the condition holds or the time is over; whether it held."""
    deadline = time.monotonic() + patience_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
