"""The figures, and the two ways they are written down: JSON for machines, a table for people."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Measured

HEAD = (
    "| figure | seconds | aim | peak MB | reference | seconds | peak MB | ratio |\n"
    "|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Figure:
    """A command of ours beside the bare tools.

    Parameters
    ----------
    name, measured:
        What was measured.
    reference, bare:
        The bare tools' commands, and their measurement from the same run.
    aim_seconds:
        What is aimed for on two cores; None where no aim was set.
    """

    name: str
    measured: Measured
    reference: str
    bare: Measured
    aim_seconds: float | None = None

    @property
    def row(self) -> str:
        """The figure's line of the table."""
        ours, bare = self.measured, self.bare
        aim = f"≤ {self.aim_seconds:.0f}" if self.aim_seconds else ""
        return (
            f"| {self.name} | {ours.seconds:.1f} | {aim} | {_memory(ours)} | {self.reference} "
            f"| {bare.seconds:.1f} | {_memory(bare)} | {ours.seconds / bare.seconds:.2f} |"
        )

    def as_json(self) -> dict[str, Any]:
        """The figure for machines."""
        return {
            "name": self.name,
            "seconds": round(self.measured.seconds, 2),
            "peak_mb": self.measured.peak_mb and round(self.measured.peak_mb, 1),
            "aim_seconds": self.aim_seconds,
            "reference": self.reference,
            "reference_seconds": round(self.bare.seconds, 2),
            "reference_peak_mb": self.bare.peak_mb and round(self.bare.peak_mb, 1),
        }


def _memory(measured: Measured) -> str:
    return "" if measured.peak_mb is None else f"{measured.peak_mb:.0f}"


def machine() -> dict[str, Any]:
    """What the figures were measured on: without it they say nothing."""
    return {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def document(figures: Sequence[Figure], on: dict[str, Any]) -> dict[str, Any]:
    """All figures of one run, for results.json."""
    return {"machine": on, "figures": [figure.as_json() for figure in figures]}


def table(figures: Sequence[Figure], on: dict[str, Any]) -> str:
    """All figures of one run, for README.md."""
    where = (
        f"{on['platform']}, {on['cores']} cores, load {on['load_before']} before the run, "
        f"Python {on['python']}, local target."
    )
    return "\n".join([where, "", HEAD, *(figure.row for figure in figures), ""])
