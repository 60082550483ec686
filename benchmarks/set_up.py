"""Set-up, beside the bare installer doing the largest part of it."""

from __future__ import annotations

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from tests.e2e.world import ROOT, World


def figures() -> list[Figure]:
    """With the package caches as they are: nothing installed, and everything."""
    with place.fresh() as world:
        (world.root / ".tools").unlink()
        first = measure(["make", "setup"], world.root, world.variables)
        again = measure(["make", "setup"], world.root, world.variables)
        bare = _install(world)
        nothing = measure(["make", "--dry-run", "setup"], world.root, world.variables)
    reference = "`uv venv` + `uv pip install` of the same locks"
    return [
        Figure("`make setup`, nothing installed", first, reference, bare),
        Figure("`make setup` again", again, "`make` alone", nothing, aim_seconds=2),
    ]


def _install(world: World) -> Measured:
    """Each locked environment, one after another; neither Terragrunt nor the provider."""
    uv, total = str(ROOT / ".tools" / "bin" / "uv"), Measured(0)
    for lock in sorted((world.root / "tools" / "requirements").glob("*.txt")):
        home = world.root / "bare" / lock.stem
        total += measure([uv, "venv", "--quiet", str(home)], world.root, world.variables)
        install = [uv, "pip", "install", "--quiet", "--compile-bytecode"]
        install += ["--require-hashes", "-r", str(lock)]
        shell = world.variables | {"VIRTUAL_ENV": str(home)}
        total += measure(install, world.root, shell)
    return total
