"""An unpacked release with a `verify`, which tests write and run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.adapters.sam import Stack
from pipeline.checkout import Checkout
from pipeline.target import Target
from pipeline.verification.checks import Report
from pipeline.verification.runner import Deployment, run_verify
from tests.codegen.builders import environment, write_executable

DEV = environment("dev")
OK = """echo '{"check": "it answers", "ok": true, "seconds": 0.5, "detail": "200"}'"""
FAILED = """echo '{"check": "it answers", "ok": false, "detail": "500"}'"""

DELETED = """echo '{"check": "test data is deleted", "ok": true}'"""


class Release:
    """An unpacked release with a `verify`, and what was said of it."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.said: list[str] = []
        target = Target("aws", Checkout(folder / "checkout", folder / "home"))
        stack = Stack("UPDATE_COMPLETE", {"ApiUrl": "https://api"}, {})
        self.deployment = Deployment(target, DEV, stack, {"TableName": "table"})
        self.log = target.checkout.log("work", "verify")

    def write(self, text: str, shebang: str = "#!/usr/bin/env bash\n") -> None:
        write_executable(self.work / "sam-app/verify", shebang + text)

    def run(self, failing: Callable[[], str] = lambda: "") -> Report:
        return run_verify(self.work, self.deployment, self.said.append, failing)

    def problems(self, text: str) -> tuple[str, ...]:
        self.write(text)
        return self.run().problems
