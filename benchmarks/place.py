"""A fresh checkout with emulators of its own, for one group of figures."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import measure
from tests.e2e.world import ROOT, World


@contextmanager
def fresh() -> Iterator[World]:
    """A copy of this checkout in a temporary folder; its emulators are stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        world = World.create(Path(folder))
        try:
            yield world
        finally:
            world.baton("local", "reset")


@contextmanager
def with_dev() -> Iterator[World]:
    """A checkout that sees `dev` applied and promoted.

    It is this checkout's own dev where there is one that renders, which is only read; otherwise a
    fresh one.
    """
    emulator = ROOT / ".baton" / "local" / "dev" / "emulator.json"
    if emulator.exists():
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            world = World.create(Path(folder))
            (world.root / ".baton").symlink_to(ROOT / ".baton")
            # its ports too, or the profiles would be written anew, with others
            world = replace(world, port=json.loads(emulator.read_text())["port"])
            if world.baton("render", "dev").returncode == 0:
                yield world
                return
    with fresh() as world:
        start(world, "dev")
        live = world.root / "live" / "dev"
        measure(["terragrunt", "run", "--all", "apply"], live, variables(world, "dev"))
        world.data("build")
        world.data("promote", "dev")
        yield world


def variables(world: World, environment: str) -> dict[str, str]:
    """What a shell has after `eval "$(./baton env …)"`."""
    changes = world.data("env", environment)
    kept = {name: value for name, value in world.variables.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}


def python_first(world: World, shell: dict[str, str]) -> dict[str, str]:
    """The same with the Python of the functions' runtime first, as `sam build` looks for it."""
    interpreter = world.root / ".tools" / "envs" / "baton" / "bin"
    return shell | {"PATH": f"{interpreter}{os.pathsep}{shell['PATH']}"}


def start(world: World, *environments: str) -> None:
    """Start emulators, which is not measured."""
    done = world.baton("local", "start", *environments)
    if done.returncode:
        raise RuntimeError(done.stderr)


def function_platform(world: World) -> str:
    """SAM's parameters for this machine's own platform, as the local target has it."""
    release = world.data("build")
    return f"Runtime={release['runtime']} Architecture={release['architecture']}"
