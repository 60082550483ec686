"""One command, run to its end: how long it took, and the memory its largest process had."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


@dataclass(frozen=True)
class Measured:
    """A command's wall clock, the peak memory of the largest of its processes, what it printed.

    Memory is None where the figure is not that of a whole command.
    """

    seconds: float
    peak_mb: float | None = 0
    output: str = ""

    def __add__(self, other: Measured) -> Measured:
        """One command after the other."""
        peak = max(self.peak_mb or 0, other.peak_mb or 0)
        return Measured(self.seconds + other.seconds, peak, self.output + other.output)


RUNS = 7


def typical(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Measured:
    """The middle one of several runs: a short command is at the mercy of whatever else runs.

    Raises
    ------
    RuntimeError
        As `measure`.
    """
    runs = sorted((measure(command, cwd, env) for _ in range(RUNS)), key=lambda run: run.seconds)
    return runs[RUNS // 2]


def measure(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Measured:
    """Run a command and measure it.

    Raises
    ------
    RuntimeError
        It failed: what fails is not measured.
    """
    with tempfile.TemporaryFile() as output:  # not in `cwd`: that may be part of a release
        started = time.monotonic()
        child = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        # of this child and its descendants; getrusage would mix it with earlier ones
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode(errors="replace")
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{printed[-2000:]}")
    return Measured(seconds, usage.ru_maxrss * MAXRSS_BYTES / 1e6, printed)
