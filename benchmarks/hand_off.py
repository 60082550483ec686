"""Rendering, beside reading the same outputs with Terragrunt, unit by unit."""

from __future__ import annotations

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure


def figures() -> list[Figure]:
    """`baton render` of an applied environment; the reference only reads, and renders nothing."""
    with place.fresh() as world:
        place.start(world, "dev")
        shell = place.variables(world, "dev")
        live = world.root / "live" / "dev"
        measure(["terragrunt", "run", "--all", "apply"], live, shell)
        world.data("build")
        world.data("promote", "dev")
        ours = measure(["./baton", "render", "dev"], world.root, world.variables)
        bare = Measured(0)
        for unit in sorted(file.parent for file in live.glob("*/terragrunt.hcl")):
            bare += measure(["terragrunt", "output", "-json"], unit, shell)
    return [Figure("`baton render dev`", ours, "`terragrunt output -json` in each unit", bare)]
