"""A warm request's own share: its time less that of its boto3 calls, whose endpoint is stubbed."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from benchmarks.service.functions import ROOT, python, shell

AIM_S = 0.001  # p50
REFERENCE = "GET /tickets/{id}"


def figures() -> list[Figure]:
    """Each route in a process of its own, as one instance of the function would answer it."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        results = Path(folder) / "results.json"
        measure(
            [python(), "-m", "benchmarks.service.requests_process", str(results)], ROOT, shell()
        )
        routes = json.loads(results.read_text())
    get_item = Measured(statistics.median(routes[REFERENCE]["calls"]), None)
    return [_figure(route, times["own"], get_item) for route, times in routes.items()]


def _figure(route: str, own: list[float], get_item: Measured) -> Figure:
    p99_ms = statistics.quantiles(own, n=100)[98] * 1000
    return Figure(
        f"{route}, own share, p50 (p99 {p99_ms:.2f} ms)",
        Measured(statistics.median(own), None),
        "boto3's share of one GetItem, answered at once",
        get_item,
        aim_seconds=AIM_S,
    )
