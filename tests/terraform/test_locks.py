"""The dependency locks: one for each engine, valid on every platform, and what Terragrunt uses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from codegen.errors import BatonError
from codegen.terraform.engine import (
    ENGINES,
    OPENTOFU,
    TERRAFORM,
    Engine,
    engine_in,
    engine_of,
)
from tests.terraform_engine import ENGINE
from tools import machine, provider

Run = Callable[..., CompletedProcess[str]]

# `h1:` hashes the package's files, `zh:` its zip. Whose platform one is, OpenTofu's registry says;
# Terraform's signs only the zips, and two lock files of others agree on its 14 packages' contents.
PLATFORMS = {
    OPENTOFU: {
        "darwin_amd64": "h1:J7L5bgyYNRAbtwAFJl2Lj+IMI2DJTrbbL33PTK4OWVY=",
        "darwin_arm64": "h1:BrNG7eFOdRrRRbHdvrTjMJ8X8Oh/tiegURiKf7J2db8=",
        "linux_amd64": "h1:zef23ac/YWw9O2FepFWRs+my9iWWUkniL4dT4LnCKjU=",
        "linux_arm64": "h1:H8CH2vfXXP/WQgJw+Qrn72umKs9UlGYQvn+QdnwO8Nc=",
    },
    TERRAFORM: {
        "darwin_arm64": "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=",
        "linux_amd64": "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
    },
}
PACKAGES = {TERRAFORM: 14, OPENTOFU: 10}  # how many platforms each registry has
# Terraform's registry lists one more file, its manifest, which is the same in every version
MANIFEST = "zh:9b12af85486a96aedd8d7984b0ff811a4b42e3d88dad1a3fb4c0b580d04fa425"


@pytest.fixture(params=ENGINES.values(), ids=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


def hashes(root: Path, engine: Engine, scheme: str) -> set[str]:
    text = (root / engine.lock).read_text()
    found = re.findall(rf'^    "({scheme}:\S+)",$', text, re.MULTILINE)
    assert len(found) == len(set(found))
    return set(found)


def test_each_engine_has_one_lock_of_the_same_provider(root: Path, engine: Engine) -> None:
    text = (root / engine.lock).read_text()
    versions = (root / "modules/network/versions.tf").read_text()
    asked = re.search(r'^      version = "(.+)"', versions, re.M)

    assert asked is not None
    assert re.findall(r'^provider "(.+)" \{$', text, re.MULTILINE) == [engine.provider]
    assert f'  constraints = "{asked[1]}"\n' in text
    assert provider.version(root, engine) == provider.version(root, TERRAFORM)
    assert sorted(file.name for file in root.glob("modules/*.lock.hcl")) == sorted(
        Path(each.lock).name for each in ENGINES.values()
    )


def test_a_lock_has_the_hash_of_every_platforms_package(root: Path, engine: Engine) -> None:
    unpacked = hashes(root, engine, "h1")
    if engine == OPENTOFU:
        unpacked -= hashes(root, TERRAFORM, "h1")

    assert len(hashes(root, engine, "zh") - {MANIFEST}) == PACKAGES[engine]
    assert len(unpacked) == PACKAGES[engine]
    assert set(PLATFORMS[engine].values()) <= unpacked


def test_opentofu_takes_hashicorps_package_from_a_mirror(root: Path) -> None:
    assert hashes(root, TERRAFORM, "h1") < hashes(root, OPENTOFU, "h1")
    assert not hashes(root, TERRAFORM, "zh") & hashes(root, OPENTOFU, "zh")


@pytest.mark.engine
def test_the_installed_package_is_a_locked_one(root: Path) -> None:
    # Given the package that set-up has put into the mirror
    package = root / ".tools/providers" / provider.wanted(root, ENGINE, machine.system())

    # When it is hashed as golang.org/x/mod/sumdb/dirhash does
    lines = []
    for file in sorted(package.iterdir()):
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        lines.append(f"{digest}  {file.name}\n")
    found = base64.b64encode(hashlib.sha256("".join(lines).encode()).digest()).decode()

    # Then
    assert f"h1:{found}" in hashes(root, ENGINE, "h1")


@pytest.mark.engine
@pytest.mark.parametrize("command", ENGINES)
def test_terragrunt_runs_the_chosen_engine_with_its_lock(
    run: Run, tree: Path, command: str
) -> None:
    # Given a tree that chooses an engine
    root = tree / "terragrunt.hcl"
    text = re.sub(r'^  engine = "\w+"$', f'  engine = "{command}"', root.read_text(), flags=re.M)
    root.write_text(text)

    # When Terragrunt reads a unit of it
    done = run("terragrunt", "render", "--json", cwd=tree / "live" / "dev" / "data")
    assert done.returncode == 0, done.stderr
    rendered = json.loads(done.stdout)

    # Then it goes by that line, as set-up and Baton do
    engine = engine_of(tree)
    assert engine.command == command
    assert rendered["terraform_binary"] == command
    (lock,) = (each for name, each in rendered["generate"].items() if name == "lock")
    assert lock["path"] == ".terraform.lock.hcl"
    assert lock["contents"] == (tree / engine.lock).read_text()


@pytest.mark.parametrize("text", ['locals {\n  engine = "pulumi"\n}\n', "locals {}\n", ""])
def test_an_engine_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(
        BatonError, match=r"terragrunt\.hcl: engine is .*; it can be terraform or tofu"
    ):
        engine_in(text)
