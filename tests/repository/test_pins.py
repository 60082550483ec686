"""Every version is pinned once, and what repeats it is held to it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [*sorted((ROOT / "tools/requirements").glob("*.txt"))]
LAYER_LOCK = ROOT / "sam-app/layers/dependencies/requirements.txt"
# Joined here, because no file may name them, this one included.
INDEXES = re.compile("|".join(["python" + "hosted", "py" + r"pi\.org", "npm" + r"js\.org"]))


def _pins() -> dict[str, str]:
    pins: dict[str, str] = tomllib.loads((ROOT / "mise.toml").read_text())["tools"]
    return pins


@pytest.mark.parametrize(
    ("tool", "lock", "package"),
    [
        ("uv", "uv", "uv"),
        ("pipx:aws-sam-cli", "sam", "aws-sam-cli"),
        ("pipx:awscli", "aws", "awscli"),
        ("pipx:checkov", "checkov", "checkov"),
    ],
)
def test_mise_names_the_locked_versions(tool: str, lock: str, package: str) -> None:
    locked = (ROOT / "tools/requirements" / f"{lock}.txt").read_text()

    assert f"\n{package}=={_pins()[tool]} " in f"\n{locked}"


@pytest.mark.parametrize(
    ("tool", "folder", "package"),
    [
        ("terragrunt", "tools", "github.com/gruntwork-io/terragrunt"),
        ("actionlint", "tools/actionlint", "github.com/rhysd/actionlint"),
        ("opentofu", "tools/opentofu", "github.com/opentofu/opentofu"),
    ],
)
def test_go_mod_builds_the_pinned_version(tool: str, folder: str, package: str) -> None:
    go_mod = (ROOT / folder / "go.mod").read_text()

    assert f"{package} v{_pins()[tool]} " in go_mod
    # mise takes the newest patch release of what it names, which each go.mod must be content with
    assert re.search(rf"^go {re.escape(_pins()['go'])}(\.\d+)?$", go_mod, re.M)


def test_the_crate_builds_the_pinned_engine_from_hashed_crates() -> None:
    crate = tomllib.loads((ROOT / "tools/dynoxide/Cargo.toml").read_text())
    lock = tomllib.loads((ROOT / "tools/dynoxide/Cargo.lock").read_text())["package"]

    version = crate["dependencies"]["dynoxide-rs"]["version"].removeprefix("=")
    assert crate["package"]["version"] == version
    assert crate["package"]["rust-version"] == _pins()["rust"]
    assert (crate["package"]["name"], version) in {(p["name"], p["version"]) for p in lock}
    assert [p["name"] for p in lock if len(p.get("checksum", "")) != 64] == ["baton-dynoxide"]


def test_each_release_that_can_be_checked_is_the_pinned_one() -> None:
    digests = tomllib.loads((ROOT / "tools/digests.toml").read_text())

    # only Terraform is downloaded; the others are built from Go modules
    assert {tool: list(known) for tool, known in digests.items()} == {
        "terraform": [_pins()["terraform"]]
    }
    for known in digests.values():
        for systems in known.values():
            assert set(systems) == {"darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"}
            assert [d for d in systems.values() if not re.fullmatch("[0-9a-f]{64}", d)] == []


def test_the_emulator_is_the_version_that_its_patches_are_for() -> None:
    from pipeline.target.local.ministack.pinned import MINISTACK

    locked = (ROOT / "tools/requirements/ministack.txt").read_text()
    assert f"\nministack=={MINISTACK} " in f"\n{locked}"


@pytest.mark.parametrize("lock", [*LOCKS, LAYER_LOCK], ids=lambda path: path.stem)
def test_every_requirement_is_locked_with_hashes(lock: Path) -> None:
    entries = re.findall(r"^(\S+==\S+)[^\n]*((?:\n    --hash=\S+[^\n]*)*)", lock.read_text(), re.M)

    assert entries
    assert [name for name, hashes in entries if "--hash=sha256:" not in hashes] == []


def test_the_layer_and_the_tests_use_the_same_versions() -> None:
    def versions(lock: Path) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.M))

    ours = versions(ROOT / "tools/requirements/baton.txt")
    layer = versions(LAYER_LOCK)

    assert {name: ours.get(name) for name in layer} == layer


def test_no_file_names_a_package_index() -> None:
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True
    ).stdout.decode()
    texts = [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]

    assert [str(p) for p in texts if INDEXES.search(p.read_text(errors="ignore"))] == []
