"""Ruff's parser, which knows the grammar of each Python: this machine's knows its own alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOUND = 1  # its exit code where there is a finding; 2 is a failure of its own


def refuses(file: Path, runtime: str) -> bool:
    """Whether a file is no Python of a runtime, `python3.14`; no, where it cannot be known."""
    version = runtime.removeprefix("python").replace(".", "")
    command = [
        *(str(Path(sys.executable).with_name("ruff")), "check", "--isolated", "--no-cache"),
        *("--quiet", "--select", "E9", "--target-version", f"py{version}", "--", str(file)),
    ]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == FOUND
