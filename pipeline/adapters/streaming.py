"""Runs an executable and takes its output line by line while it is at work."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from codegen.errors import BatonError, Interrupted
from pipeline.adapters import process

LONGEST_LINE = 65_536  # bytes; a longer line comes in several pieces
MOST_LINES = 10_000  # of each stream; further ones are read and dropped
TICK_S = 0.1
LEFT_BEHIND_S = 2.0  # how long a process that the executable has started may keep its output open

Take = Callable[[bytes], None]


class NotStartedError(BatonError):
    """A file cannot be executed: it is not there, not executable, or its interpreter is missing."""


@dataclass(frozen=True)
class Ended:
    """How an executable ended.

    Parameters
    ----------
    code:
        Its exit code; negative: the signal that ended it.
    why:
        Why it was asked to end; empty where it ended by itself.
    killed:
        Whether it did not end when it was asked to.
    """

    code: int
    why: str = ""
    killed: bool = False


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    out: Take,
    err: Take,
    stop: Callable[[], str],
    patience_s: float,
) -> Ended:
    """Run an executable in a process session of its own, without a shell.

    To end it in order, each process of the session gets SIGINT, as from Ctrl-C on a terminal. What
    has not ended after the patience is killed.

    Parameters
    ----------
    command, cwd, env:
        What to run, where, and its whole environment.
    out, err:
        Take each line of stdout and of stderr, without its end.
    stop:
        Asked all the time: why it has to end; empty while it may go on.
    patience_s:
        Seconds between asking it to end and killing it.

    Raises
    ------
    NotStartedError
        It cannot be executed.
    Interrupted
        Ctrl-C or SIGTERM arrived; the executable has ended.
    """
    name = Path(command[0]).name
    with process.timed(name):
        try:
            child = process.start(command, cwd, env, subprocess.PIPE, subprocess.PIPE)
        except OSError as error:
            raise NotStartedError(
                f"{name} cannot be executed: {error.strerror or error}"
            ) from error
        running = _Running(child, out, err, patience_s)
        try:
            running.until_end(stop)
        except KeyboardInterrupt:
            with process.signals_ignored():
                process.say_waiting(name)
                running.end("interrupted")
            raise Interrupted(
                f"interrupted while {name} was at work", "run the same command again: it goes on"
            ) from None
        except BaseException:  # whatever failed here, nothing stays at work
            running.end("Baton failed")
            raise
        finally:
            process.ended()
    return Ended(child.returncode, running.why, running.killed)


class _Running:
    """A child, the threads that read its output, and how far its end has come."""

    def __init__(
        self, child: subprocess.Popen[bytes], out: Take, err: Take, patience_s: float
    ) -> None:
        self.why = ""
        self.killed = False
        self._child = child
        self._patience_s = patience_s
        self._kill_at = self._exited_at = float("inf")
        self._lines: queue.SimpleQueue[tuple[Take, bytes] | None] = queue.SimpleQueue()
        self._open = 0
        for stream, take in ((child.stdout, out), (child.stderr, err)):
            assert stream is not None  # noqa: S101 - both are pipes
            threading.Thread(target=self._read, args=(stream, take), daemon=True).start()
            self._open += 1

    def _read(self, stream: IO[bytes], take: Take) -> None:
        count = 0
        with stream, suppress(OSError, ValueError):
            while line := stream.readline(LONGEST_LINE):
                count += 1
                if count <= MOST_LINES:
                    self._lines.put((take, line.rstrip(b"\r\n")))
        self._lines.put(None)

    def until_end(self, stop: Callable[[], str]) -> None:
        """Hand on each line until the child and its output have ended."""
        while self._open or self._child.poll() is None:
            self._hand_on()
            if not self.why and (why := stop()):
                self._ask(why)
            self._see_to_end()
            if self._is_left_behind():
                self._signal(signal.SIGKILL)
                break

    def end(self, why: str) -> None:
        """Ask the child to end, and wait for that."""
        if not self.why:
            self._ask(why)
        self.until_end(lambda: "")

    def _hand_on(self) -> None:
        with suppress(queue.Empty):
            item = self._lines.get(timeout=TICK_S)
            if item is None:
                self._open -= 1
            else:
                take, line = item
                take(line)

    def _ask(self, why: str) -> None:
        self.why = why
        self._kill_at = time.monotonic() + self._patience_s
        self._signal(signal.SIGINT)

    def _see_to_end(self) -> None:
        now = time.monotonic()
        if self._child.poll() is None:
            if now >= self._kill_at and not self.killed:
                self.killed = True
                self._signal(signal.SIGKILL)
        else:
            self._exited_at = min(self._exited_at, now)

    def _is_left_behind(self) -> bool:
        """Whether only something that the child has started keeps its output open."""
        return self._lines.empty() and time.monotonic() >= self._exited_at + LEFT_BEHIND_S

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)
