"""What runs with prod's deploy role, and what a release takes in, has owners of its own."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.project import VERIFICATION, VERIFY
from pipeline.release.build import SOURCE_PATHS

ROOT = Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(
    ["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True
).stdout.split()
TOPMOST = {path.partition("/")[0] for path in TRACKED}
WORKFLOWS = (
    ".github/workflows/deploy.yml",
    ".github/actions/environment/action.yml",
    ".github/actions/setup/action.yml",
)


def _owners(path: str) -> tuple[str, ...]:
    """Who owns a path, as GitHub reads the file: the last line that matches wins."""
    found: tuple[str, ...] = ()
    for line in (ROOT / ".github/CODEOWNERS").read_text().splitlines():
        pattern, *owners = line.partition("#")[0].split() or [""]
        if _matches(pattern, path):
            found = tuple(owners)
    return found


def _matches(pattern: str, path: str) -> bool:
    """As much of GitHub's patterns as the file has: `*`, `/folder/`, `/file`."""
    assert re.fullmatch(r"\*|(/[\w.-]+)+/?|", pattern), f"{pattern} is not known here"
    if pattern == "*":
        return True
    inside = pattern.endswith("/") and f"/{path}".startswith(pattern)
    return bool(pattern) and (inside or pattern == f"/{path}")


def _named(text: str) -> Iterator[str]:
    """The tracked paths at the top that a text of commands names."""
    words = set(re.findall(r"[\w.-]+", text.replace("pipeline.", "pipeline ")))
    return (name for name in sorted(TOPMOST & words))


def _imported(package: str) -> Iterator[str]:
    for path in TRACKED:
        if path.startswith(f"{package}/") and path.endswith(".py"):
            text = (ROOT / path).read_text()
            yield from re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE)


def _recipe(target: str) -> str:
    text = (ROOT / "Makefile").read_text()
    return text.partition(f"\n{target}:")[2].partition("\n\n")[0]


def _executed() -> set[str]:
    """What the deployment's jobs execute, and what that executes or imports in turn."""
    workflows = "\n".join((ROOT / name).read_text() for name in WORKFLOWS)
    runs = "\n".join(re.findall(r"run: .*|^ +(?:exec )?\./.*|\w+=\$\(.*", workflows, re.MULTILINE))
    waiting, found = set(_named(runs)) | {".github"}, set[str]()
    if "make setup" in runs:
        waiting |= {"Makefile", *_named(_recipe("setup"))}
    while waiting:
        name = waiting.pop()
        found.add(name)
        named = set(_imported(name)) & TOPMOST if (ROOT / name).is_dir() else set[str]()
        if name == "baton":
            named = set(_named((ROOT / name).read_text()))
        waiting |= named - found
    return found


def test_what_is_executed_is_what_one_would_think() -> None:
    assert _executed() >= {".github", "Makefile", "baton", "codegen", "pipeline", "tools"}


@pytest.mark.proves("P2")
@pytest.mark.parametrize("name", sorted(_executed() | {".ci"}))
def test_what_runs_with_the_deploy_role_is_owned_as_the_workflows_are(name: str) -> None:
    paths = [path for path in TRACKED if path == name or path.startswith(f"{name}/")]

    assert paths
    assert {_owners(path) for path in paths} == {_owners(".github/workflows/deploy.yml")}


@pytest.mark.proves("P2")
def test_the_services_verify_is_owned_as_the_workflows_are() -> None:
    # it is executed from the release, with the deploy role
    paths = [path for path in TRACKED if path == VERIFY or path.startswith(f"{VERIFICATION}/")]

    assert VERIFY in paths
    assert {_owners(path) for path in paths} == {_owners(".github/workflows/deploy.yml")}


@pytest.mark.proves("P2")
@pytest.mark.parametrize("name", [path for path in SOURCE_PATHS if not path.startswith(":")])
def test_what_a_release_takes_in_for_prod_is_not_the_service_s_alone(name: str) -> None:
    # Given a path that a release takes in; of another environment, its own settings
    taken = [path for path in TRACKED if path == name or path.startswith(f"{name}/")]
    prod = [path for path in taken if not re.match(r"live/(?!prod/)[^/]+/|live/\w+\.schema", path)]

    # Then it has an owner beside the service's team
    assert prod
    assert [path for path in prod if set(_owners(path)) <= set(_owners("README.md"))] == []


def test_the_last_line_that_matches_wins() -> None:
    assert _owners("README.md") == ("@example/desk",)
    assert _owners("modules/network/main.tf") == ("@example/platform",)
    assert _owners("modules/delivery/main.tf") == ("@example/platform", "@example/security")
