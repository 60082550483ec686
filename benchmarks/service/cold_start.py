"""What a function's start takes, beside the least that any function on this table needs.

Each start is a fresh process; they take turns, so that what else the machine does hits all alike.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from benchmarks.service.functions import FUNCTIONS, ROOT, python, shell

TURNS = 15
FLOOR = "import boto3; boto3.client('dynamodb')"
AIMS = {"api": 1.6, "processor": 1.4, "scheduled": 1.4}
HEAVIEST = 10
# "import time: <self in µs> | <with what it imports> | <name, indented by depth>"
IMPORT = re.compile(r"^import time:\s+(\d+) \|\s+(\d+) \| +(\S+)$", re.MULTILINE)


def figures() -> list[Figure]:
    """Each handler's import; the heaviest imports are printed."""
    programs = [FLOOR, *(_start(name) for name in FUNCTIONS)]
    turns = [[_run(program) for program in programs] for _ in range(TURNS)]
    floor, *starts = (_middle([turn[at] for turn in turns]) for at in range(len(programs)))
    for name in FUNCTIONS:
        print(f"{name}: the heaviest imports, each without what it imports itself")
        for milliseconds, module in heaviest(_import_times(name)):
            print(f"  {milliseconds:6.1f} ms  {module}")
    return [
        Figure(f"start of {name}", start, f'`python -c "{FLOOR}"`', floor, aim_ratio=AIMS[name])
        for name, start in zip(FUNCTIONS, starts, strict=True)
    ]


def heaviest(printed: str) -> list[tuple[float, str]]:
    """Milliseconds and name of the imports that take longest by themselves.

    Parameters
    ----------
    printed:
        What `python -X importtime` printed.
    """
    own = [(int(micros) / 1000, name) for micros, _, name in IMPORT.findall(printed)]
    return sorted(own, reverse=True)[:HEAVIEST]


def _start(name: str) -> str:
    return f"import {name}_handler"


def _run(program: str) -> Measured:
    return measure([python(), "-c", program], ROOT, shell())


def _import_times(name: str) -> str:
    return measure([python(), "-X", "importtime", "-c", _start(name)], ROOT, shell()).output


def _middle(runs: Sequence[Measured]) -> Measured:
    peaks = [run.peak_mb or 0 for run in runs]
    return Measured(statistics.median(run.seconds for run in runs), statistics.median(peaks))
