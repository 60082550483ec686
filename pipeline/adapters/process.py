"""Runs tools: output to a log file, the end of it in the error, Ctrl-C passed on in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from codegen.errors import BatonError, Interrupted

# Terragrunt ends in order within 15 s of SIGINT (state stored, locks released); SAM at once.
INTERRUPT_PATIENCE_SECONDS = 120
TAIL_LINES = 15
NOWHERE = subprocess.DEVNULL
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Tool → seconds of waiting for it since this process began: the rest of a step is Baton's own.
spent: dict[str, float] = {}

# File descriptors that every tool inherits → who is told of the tool's name and process: a lock
# that is held so is held until Baton and all its tools have ended, however Baton ends.
inherited: dict[int, Callable[[str, int], None]] = {}


class ToolFailedError(BatonError):
    """A tool ended with an error; carries its exit code and where its output is."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        super().__init__(
            f"{name} ended with exit code {code}:\n{tail(log)}", f"its whole output: {log}"
        )
        self.code = code
        self.log = log


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Count what is done inside as time of the tool `name`."""
    started = time.monotonic()
    try:
        yield
    finally:
        spent[name] = spent.get(name, 0.0) + time.monotonic() - started


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    check: bool = True,
    errors: int | None = None,
) -> int:
    """Run a tool in a process session of its own, with its output in `log`.

    Ctrl-C therefore reaches only Baton, which passes one SIGINT to the tool itself and waits:
    a second one, or one to Terraform's processes too, would make Terraform drop what it holds.

    Parameters
    ----------
    command, cwd, env:
        What to run, where, and its whole environment.
    log:
        The file for its output; its folder is made, what was there is replaced.
    check:
        Raise when the exit code is not 0.
    errors:
        Where stderr goes, if not into the log too: NOWHERE where the log is data.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    ToolFailedError
        The exit code is not 0 and `check` is set.
    BatonError
        The tool is not there.
    Interrupted
        Ctrl-C or SIGTERM arrived; the tool has ended.
    """
    name = Path(command[0]).name
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)  # a new file: a copy of the folder may share the old one
    with log.open("wb") as output, timed(name):
        child = None
        try:
            child = start(command, cwd, env, output, errors or subprocess.STDOUT)
            code = child.wait()
            ended()
        except FileNotFoundError as error:
            raise BatonError(f"{name} is not installed", "make setup") from error
        except KeyboardInterrupt:
            if child is not None:
                end(child, name)
            raise Interrupted(
                f"interrupted while {name} was at work", "run the same command again: it goes on"
            ) from None
    if check and code:
        raise ToolFailedError(name, code, log)
    return code


def start(
    command: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str],
    output: int | IO[bytes],
    errors: int | IO[bytes],
) -> subprocess.Popen[bytes]:
    """Start a tool in a process session of its own; it inherits Baton's locks.

    Raises
    ------
    OSError
        It is not there, or cannot be executed.
    """
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
        pass_fds=tuple(inherited),
    )
    _tell(Path(command[0]).name, child.pid)
    return child


def ended() -> None:
    """Note that no tool is at work any more."""
    _tell("", 0)


def _tell(name: str, pid: int) -> None:
    for note in inherited.values():
        note(name, pid)


def interrupt_on_signals() -> None:
    """Let SIGTERM and a closed terminal end the command as Ctrl-C does: in order."""
    for number in ENDING:
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def end(child: subprocess.Popen[bytes], name: str) -> None:
    """Ask a tool to stop and wait for it; further signals are ignored meanwhile."""
    with signals_ignored():
        say_waiting(name)
        child.send_signal(signal.SIGINT)
        try:
            child.wait(INTERRUPT_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            print(f"{name} did not end and was killed", file=sys.stderr, flush=True)


def say_waiting(name: str) -> None:
    """Say why Ctrl-C does not end Baton at once."""
    print(f"interrupted: waiting for {name} to end in order …", file=sys.stderr, flush=True)


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Ignore what asks Baton to end: a tool is ending already, in order."""
    previous = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def tail(log: Path) -> str:
    """The last lines of a log that say something, indented."""
    lines = log.read_text(errors="replace").splitlines()
    said = [line.rstrip() for line in lines if line.strip(" │╷╵\t")]
    return "\n".join(f"  {line}" for line in said[-TAIL_LINES:]) or "  (it printed nothing)"
