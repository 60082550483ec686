"""One run at a time on this machine: a file lock that the tools of a run hold too.

A tool runs in a session of its own and outlives a Baton that is killed. It inherits the lock's
descriptor, so the lock is free when the last of them has ended, and not before.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codegen.errors import BatonError
from pipeline.adapters import process
from pipeline.locking.holder import Holder

LONGEST = 10_000  # bytes; what is in the file is a few hundred


@contextmanager
def machine_lock(file: Path, environment: str, holder: Holder) -> Iterator[Holder | None]:
    """Hold the lock `file`; the system frees it when its holder and the holder's tools are gone.

    Yields
    ------
    Holder | None
        The run before, where it did not end in order.

    Raises
    ------
    BatonError
        Another run is at work, or the file cannot be written.
    """
    descriptor = _open(file)
    try:
        _lock(descriptor, environment)
        before = Holder.read(_content(descriptor))
        _write(descriptor, holder.to_bytes())

        def note(tool: str, pid: int) -> None:
            said = holder.model_copy(update={"tool": tool, "tool_pid": pid})
            _write(descriptor, said.to_bytes())

        process.inherited[descriptor] = note
        try:
            yield before
        finally:
            del process.inherited[descriptor]
            _write(descriptor, b"")
            # not by closing: a helper of a tool that stays behind would hold it on
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _open(file: Path) -> int:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise BatonError(
            f"{file} cannot be written: {error.strerror}",
            "give that folder to yourself, or set BATON_HOME to one that is yours",
        ) from error


def _lock(descriptor: int, environment: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise refusal(environment, Holder.read(_content(descriptor)) or Holder()) from error


def refusal(environment: str, holder: Holder) -> BatonError:
    """The error for whoever finds the lock held on this machine."""
    again = "then run the same command again"
    if not holder.is_gone:
        tool = f"; {holder.tool} is at work" if holder.tool else ""
        return BatonError(
            f"another run is changing {environment} from this checkout: {holder}{tool}",
            f"wait for its end, {again}",
        )
    tool = f"{holder.tool} (process {holder.tool_pid})" if holder.tool else "a tool"
    return BatonError(
        f"{holder} was killed, but {tool}, which it had started, is still at work on {environment}",
        f"wait: it ends by itself, and nothing has to be cleaned up; {again}",
    )


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, LONGEST, 0)


def _write(descriptor: int, content: bytes) -> None:
    """For people and the next run; the lock holds without it, on a disk that is full too."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, content, 0)
    except OSError:
        return
