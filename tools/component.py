"""One thing to install, and the stamp by which it is installed once."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import files
from tools.machine import ROOT


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Component:
    """One thing to install: its name, what it is made from, how, and what it leaves.

    Where `obstacle` says one, it is left out, in one line that says so; it is looked for again the
    next time.
    """

    name: str
    inputs: tuple[str, ...]
    install: Callable[[], str]
    outputs: tuple[Path, ...] = ()
    obstacle: Callable[[], str | None] = _nothing

    @property
    def digest(self) -> str:
        """Digest of the inputs and of this checkout's path (virtual environments contain it)."""
        return hashlib.sha256("\0".join((str(ROOT), *self.inputs)).encode()).hexdigest()


def ensure(component: Component, stamps: Path) -> None:
    """Install `component` unless its stamp, a file in `stamps`, says that it is there."""
    stamp = stamps / component.name
    try:
        there = all(output.exists() for output in component.outputs)
        if there and stamp.read_text() == component.digest:
            return
    except FileNotFoundError:
        pass
    stamp.unlink(missing_ok=True)
    if obstacle := component.obstacle():
        _say(f"{component.name} left out: {obstacle}")
        return
    started = time.monotonic()
    _say(f"{component.name} …")
    how = component.install()
    files.write(stamp, component.digest.encode())
    _say(f"{component.name} {how} ({time.monotonic() - started:.0f} s)")


def _say(what: str) -> None:
    print(f"setup: {what}", file=sys.stderr, flush=True)
