"""One world for the end-to-end tests: the main job has been done in it once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.world import World


@pytest.fixture(scope="session")
def empty_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A checkout in which nothing was done yet; in dev the sweep comes every minute."""
    world = World.create(tmp_path_factory.mktemp("world"))
    with (world.root / "live" / "dev" / "env.yaml").open("a") as settings:
        settings.write("\nfunctions:\n  sweep_schedule: rate(1 minute)\n")
    world.commit("dev sweeps every minute")
    yield world
    world.baton("local", "reset")


@pytest.fixture(scope="session")
def demo(empty_world: World) -> subprocess.CompletedProcess[str]:
    """The first `make demo`, without its set-up, which is shared with this checkout."""
    return empty_world.run(
        ".tools/envs/baton/bin/python", "-P", "-m", "pipeline.commands.demo", PYTHONPATH="."
    )


@pytest.fixture(scope="session")
def world(empty_world: World, demo: subprocess.CompletedProcess[str]) -> World:
    """The world after the main job."""
    assert demo.returncode == 0, demo.stderr
    return empty_world
