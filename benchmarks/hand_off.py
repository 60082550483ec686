"""The hand-off: rendering and checking it, each beside the bare tools, and many environments."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure, typical
from tests.e2e.world import ROOT, World

PYTHON = str(ROOT / ".tools" / "envs" / "baton" / "bin" / "python")
MANY = (300, 200)  # environments, and outputs of each; CloudFormation takes 200 parameters
FEWER = ((30, 200), (30, 10))


def figures() -> list[Figure]:
    """The commands in an applied environment, then many environments in one process."""
    with place.with_dev() as world:
        found = [_render(world), _check(world), _help(world)]
    return found + many_environments(_in_one_process(MANY), [_in_one_process(n) for n in FEWER])


def _render(world: World) -> Figure:
    """The reference only reads, in units that are initialised, and renders nothing."""
    shell = place.variables(world, "dev")
    units = sorted(file.parent for file in world.root.glob("live/dev/*/terragrunt.hcl"))
    _outputs(units, shell)  # initialises each unit, which is not measured
    ours = typical(["./baton", "render", "dev"], world.root, world.variables)
    bare = _outputs(units, shell)
    name = "`terragrunt output -json` in each unit"
    return Figure("`baton render dev`", ours, name, bare, aim_seconds=0.8, aim_ratio=0.2)


def _outputs(units: list[Path], shell: dict[str, str]) -> Measured:
    return sum((measure(["terragrunt", "output", "-json"], u, shell) for u in units), Measured(0))


def _check(world: World) -> Figure:
    """The reference looks at each half by itself; where they meet is what ours looks at."""
    shell = place.variables(world, "dev")
    validate = ["terragrunt", "run", "--all", "validate"]
    live, app = world.root / "live" / "dev", world.root / "sam-app"
    measure(validate, live, shell)  # initialises each unit, which is not measured
    ours = typical(["./baton", "check"], world.root, world.variables)
    bare = measure(validate, live, shell) + measure(["sam", "validate", "--lint"], app, shell)
    name = "`terragrunt run --all validate` + `sam validate --lint`: each half by itself"
    return Figure("`baton check`: where the halves meet", ours, name, bare, aim_seconds=1)


def _help(world: World) -> Figure:
    """The reference is the interpreter and the library that the command line is made with."""
    ours = typical(["./baton", "--help"], world.root, world.variables)
    bare = typical([PYTHON, "-c", "import click"], world.root, world.variables)
    return Figure("`baton --help`", ours, '`python -c "import click"`', bare, aim_seconds=0.2)


def _in_one_process(size: tuple[int, int]) -> Measured:
    module = [PYTHON, "-m", "benchmarks.many_environments", *map(str, size)]
    return measure(module, ROOT, dict(os.environ))


def many_environments(many: Measured, fewer: Sequence[Measured]) -> list[Figure]:
    """What the runs printed, as figures: all of `MANY`, then the cost of one value beside `FEWER`.

    Where a value costs the same, the whole grows as the number of environments does; where it costs
    less than with few outputs, that is what an environment costs whatever its outputs.
    """
    seconds = _printed(many)
    ours = Measured(seconds["hand_off"], many.peak_mb)
    whole = "the same with plain Jinja2, unchecked"
    figures = [Figure(_sized(MANY), ours, whole, Measured(seconds["plain"], None))]
    for size, run in zip(FEWER, fewer, strict=True):
        a_value, bare = _a_value(seconds, MANY), _a_value(_printed(run), size)
        name = f"a value of {_sized(size)}"
        figures.append(Figure("of it, a value", a_value, name, bare, aim_ratio=1.1))
    return figures


def _sized(size: tuple[int, int]) -> str:
    return f"{size[0]} environments × {size[1]} outputs"


def _printed(run: Measured) -> dict[str, float]:
    printed: dict[str, float] = json.loads(run.output)
    return printed


def _a_value(seconds: Mapping[str, float], size: tuple[int, int]) -> Measured:
    return Measured(seconds["hand_off"] / (size[0] * size[1]), None)
