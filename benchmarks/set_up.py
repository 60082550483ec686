"""Set-up, beside the bare installer doing the largest part of it."""

from __future__ import annotations

from pathlib import Path

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from tests.e2e.world import ROOT, World

UV = str(ROOT / ".tools" / "bin" / "uv")
INSTALL = "`uv pip install` of the same locks"


def figures() -> list[Figure]:
    """With the package caches as they are: nothing installed, and everything."""
    with place.fresh() as world:
        (world.root / ".tools").unlink()
        first = measure(["make", "setup"], world.root, world.variables)
        again = measure(["make", "setup"], world.root, world.variables)
        bare = _environments(world) + _install(world)
        nothing = _install(world)
    return [
        Figure("`make setup`, nothing installed", first, f"`uv venv` + {INSTALL}", bare),
        Figure("`make setup` again", again, f"{INSTALL} again", nothing, aim_seconds=2),
    ]


def _locks(world: World) -> list[Path]:
    return sorted((world.root / "tools" / "requirements").glob("*.txt"))


def _environments(world: World) -> Measured:
    total = Measured(0)
    for lock in _locks(world):
        home = str(world.root / "bare" / lock.stem)
        total += measure([UV, "venv", "--quiet", home], world.root, world.variables)
    return total


def _install(world: World) -> Measured:
    """Each locked environment, one after another; neither Terragrunt nor the provider."""
    total = Measured(0)
    for lock in _locks(world):
        shell = world.variables | {"VIRTUAL_ENV": str(world.root / "bare" / lock.stem)}
        install = [UV, "pip", "install", "--quiet", "--compile-bytecode"]
        install += ["--require-hashes", "-r", str(lock)]
        total += measure(install, world.root, shell)
    return total
