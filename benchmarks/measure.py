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
    """A command's wall clock, and the peak memory of the largest of its processes."""

    seconds: float
    peak_mb: float

    def __add__(self, other: Measured) -> Measured:
        """One command after the other."""
        return Measured(self.seconds + other.seconds, max(self.peak_mb, other.peak_mb))


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
        if child.returncode:
            output.seek(0)
            end = output.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{end}")
    return Measured(seconds, usage.ru_maxrss * MAXRSS_BYTES / 1e6)
