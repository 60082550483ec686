"""The figures, and the two ways they are written down: JSON for machines, a table for people."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Measured

DIGITS = 6  # of a second: the smallest figure is that of one value among thousands
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
    aim_seconds, aim_ratio:
        What is aimed for on two cores; None where no aim was set.
    """

    name: str
    measured: Measured
    reference: str
    bare: Measured
    aim_seconds: float | None = None
    aim_ratio: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The figure for machines."""
        return {
            "name": self.name,
            "seconds": round(self.measured.seconds, DIGITS),
            "peak_mb": self.measured.peak_mb and round(self.measured.peak_mb, 1),
            "aim_seconds": self.aim_seconds,
            "aim_ratio": self.aim_ratio,
            "reference": self.reference,
            "reference_seconds": round(self.bare.seconds, DIGITS),
            "reference_peak_mb": self.bare.peak_mb and round(self.bare.peak_mb, 1),
        }


def machine() -> dict[str, Any]:
    """What the figures were measured on: without it they say nothing."""
    return {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def document(figures: Sequence[Figure], on: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of one group, measured in one run, for results.json."""
    return {"machine": dict(on), "figures": [figure.as_json() for figure in figures]}


def table(group: Mapping[str, Any]) -> str:
    """The figures of one group, for people."""
    on = group["machine"]
    where = (
        f"{on['platform']}, {on['cores']} cores, load {on['load_before']} before the run, "
        f"Python {on['python']}, local target."
    )
    return "\n".join([where, "", HEAD, *(_row(figure) for figure in group["figures"]), ""])


def _row(figure: Mapping[str, Any]) -> str:
    ours, bare = figure["seconds"], figure["reference_seconds"]
    return (
        f"| {figure['name']} | {_seconds(ours)} | {_aim(figure)} | {_memory(figure['peak_mb'])} "
        f"| {figure['reference']} | {_seconds(bare)} | {_memory(figure['reference_peak_mb'])} "
        f"| {ours / bare:.2f} |"
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2g}"


def _aim(figure: Mapping[str, Any]) -> str:
    seconds, ratio = figure["aim_seconds"], figure.get("aim_ratio")
    aims = [f"≤ {seconds:g}"] if seconds else []
    return ", ".join([*aims, f"ratio ≤ {ratio:g}"] if ratio else aims)


def _memory(peak_mb: float | None) -> str:
    return "" if peak_mb is None else f"{peak_mb:.0f}"
