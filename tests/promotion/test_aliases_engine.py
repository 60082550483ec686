"""A function is verified, and its drift found, by whatever alias it has, or without one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.promotion.standin.tree import TEMPLATE
from tests.promotion.standin.world import World, done, standing

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("aliases")]

ALIAS = "      AutoPublishAlias: live\n"
DESCRIBED = "      VersionDescription: !Ref HelloRevision\n"
CODE = "      AutoPublishCodeSha256: !Ref HelloRevision\n"
DELETED = "      VersionDeletionPolicy: Delete\n"
WIRED = ALIAS + CODE + DESCRIBED + DELETED


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with standing(tmp_path_factory.mktemp("aliases")) as world:
        yield world


@pytest.mark.parametrize(
    ("wired", "qualifier"),
    [
        (WIRED.replace("live", "current"), ":current"),
        (WIRED.replace(DESCRIBED, ""), ":live"),
        (CODE, ""),
    ],
    ids=["another name", "without VersionDescription", "none"],
)
def test_it_is_verified_and_its_drift_is_found(world: World, wired: str, qualifier: str) -> None:
    # Given a function whose versions are published so, or not at all
    file = world.checkout.root / "sam-app/template.yaml"
    assert WIRED in TEMPLATE
    file.write_text(TEMPLATE.replace(WIRED, wired))
    word = f"by{qualifier.strip(':')}{len(wired)}"
    world.release(word)

    # When it is promoted, Then it is verified, and runs
    done(world.run("promote", "dev", "--json"))
    lambda_, name = world.engine.client("lambda"), f"{world.dev.prefix}-hello"
    said = lambda_.invoke(FunctionName=f"{name}{qualifier}")["Payload"].read().decode()
    assert said.strip('"') == word

    # And nothing has drifted
    ended = world.run("drift", "dev", "--no-units", "--json")
    assert (ended.returncode, json.loads(ended.stdout)) == (0, []), ended.stderr

    # And an edit by hand is drift of $LATEST, with a remedy that runs
    lambda_.update_function_configuration(FunctionName=name, MemorySize=640)
    ended = world.run("drift", "dev", "--no-units", "--json")
    found = json.loads(ended.stdout)
    assert (ended.returncode, [each["kind"] for each in found]) == (3, ["$LATEST"]), found
    lambda_.update_function_configuration(FunctionName=name, MemorySize=128)
