"""Records through the ordered batch processor, beside Powertools' own doing the same work.

Each in processes of its own, in turns: the interpreter fits the code that both share to the first
that runs it, and the other would pay for that.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from benchmarks.service.functions import ROOT, python, shell

TURNS = 6  # the machine has other things to do


def figures() -> list[Figure]:
    """Seconds for a thousand records, by size of batch and share of failures."""
    turns = [(_times("ordered"), _times("powertools")) for _ in range(TURNS)]
    ours, theirs = (_best(times) for times in zip(*turns, strict=True))
    return [
        Figure(
            work,
            Measured(seconds, None),
            "Powertools' BatchProcessor",
            Measured(theirs[work], None),
            aim_ratio=1,
        )
        for work, seconds in ours.items()
    ]


def _times(processor: str) -> Mapping[str, float]:
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        results = Path(folder) / "results.json"
        command = [python(), "-m", "benchmarks.service.stream_process", processor, str(results)]
        measure(command, ROOT, shell())
        times: Mapping[str, float] = json.loads(results.read_text())
    return times


def _best(turns: tuple[Mapping[str, float], ...]) -> Mapping[str, float]:
    return {work: min(times[work] for times in turns) for work in turns[0]}
