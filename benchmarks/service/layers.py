"""The dependency layer for both processors, beside the bare installer filling its folder."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from benchmarks.service.functions import ROOT
from pipeline.checkout import Checkout
from pipeline.release import layers
from pipeline.target import AWS_RUNTIME, Platform, Target

FOLDER = ROOT / "sam-app/layers/dependencies"
FILES = {path.name: path for path in FOLDER.iterdir()}
LIMIT_MB = 12


@dataclass(frozen=True)
class ForProcessor(Target):
    """The target `aws`, on a processor of choice."""

    architecture: str = "arm64"

    @property
    def platform(self) -> Platform:
        """Lambda's runtime on that processor."""
        return Platform(AWS_RUNTIME, self.architecture)


def figures() -> list[Figure]:
    """The time to build the zip, its size in the name: nothing else is measured in megabytes."""
    return [_figure(architecture) for architecture in ("arm64", "x86_64")]


def _figure(architecture: str) -> Figure:
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as scratch:
        target = ForProcessor("aws", Checkout(ROOT, Path(scratch)), architecture)
        started = time.monotonic()
        built = layers.build(FILES, target.platform, target, "python/", str(FOLDER))
        size_mb = len(built) / 1e6
        ours = Measured(time.monotonic() - started, None)
        bare = measure(_install(target, Path(scratch) / "bare"), ROOT, target.child())
    name = f"layer for {architecture}: {size_mb:.1f} MB zipped (aim ≤ {LIMIT_MB})"
    return Figure(name, ours, "`uv pip install --target`, no zip", bare)


def _install(target: ForProcessor, folder: Path) -> list[str]:
    uv = str(target.checkout.tools / "bin" / "uv")
    python = target.platform.runtime.removeprefix("python")
    name = str(layers.uv_platform(target.platform, target))
    install = [uv, "pip", "install", "--quiet", "--no-config", "--no-deps", "--require-hashes"]
    install += ["--only-binary", ":all:", "--python-version", python, "--python-platform", name]
    return [*install, "--target", str(folder), "-r", str(FOLDER / layers.REQUIREMENTS)]
