"""The documents say what is there: every command, every file that a message sends people to."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from pipeline.__main__ import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
# Where people read, besides the documents: comments, docstrings and messages.
TREES = ("codegen", "pipeline", "tools", "tests", "units", "modules", "sam-app", "live", "docs")
ENDINGS = {".py", ".hcl", ".tf", ".yaml", ".toml", ".md", ".j2", ".sh"}
LEFT_BEHIND = {".terragrunt-cache", ".terraform", ".aws-sam", "__pycache__", "__snapshots__"}
DOCUMENTS = sorted(
    file
    for pattern in (
        "*.md",
        "docs/*.md",
        "*/README.md",
        "modules/*/README.md",
        "tests/*/*/README.md",
    )
    for file in ROOT.glob(pattern)
)


def sources() -> list[Path]:
    """What is written by hand in the tree."""
    found = [ROOT / name for name in ("Makefile", "baton", "pyproject.toml", "terragrunt.hcl")]
    found += [ROOT / "README.md", ROOT / "ARCHITECTURE.md"]
    for tree in TREES:
        for folder, inside, names in os.walk(ROOT / tree):
            inside[:] = [name for name in inside if name not in LEFT_BEHIND]
            found += [Path(folder, name) for name in names if Path(name).suffix in ENDINGS]
    return found


def dead_paths(text: str) -> list[str]:
    """The paths from the root that a text names, and that lead nowhere."""
    inside = r"(?:(?:codegen|pipeline)/[\w/-]+\.py|docs/[\w/-]+\.md)"
    named = re.findall(rf"(?<![\w./-])(?:tests/)?{inside}\b", text)
    # docs/proof.md names tests from tests/ on
    return [name for name in named if not any((ROOT / at / name).exists() for at in ("", "tests"))]


def strange_commands(text: str) -> list[str]:
    """The words after `baton` that a text takes for commands, and that are none."""
    return [name for name in re.findall(r"(?:`|\./)baton ([a-z]+)", text) if name not in COMMANDS]


def test_every_file_that_is_named_exists() -> None:
    found = [(str(file.relative_to(ROOT)), dead_paths(file.read_text())) for file in sources()]

    assert [each for each in found if each[1]] == []


def test_every_command_that_is_named_is_one() -> None:
    found = [
        (str(file.relative_to(ROOT)), strange_commands(file.read_text())) for file in sources()
    ]

    assert [each for each in found if each[1]] == []


def test_what_is_dead_is_found() -> None:
    # Given texts that name what is not there, put together so that they are not found here
    path, command = "codegen/" + "nowhere.py", "`baton " + "fly`"

    # When they are looked at, then they are found, and what is there is not
    assert dead_paths(f"see {path} and codegen/check.py, docs/settings.md") == [path]
    assert strange_commands(f"{command}, `baton build` and a baton in a hand") == ["fly"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`baton {command}" in (ROOT / "README.md").read_text()


def test_every_document_that_a_message_names_exists() -> None:
    sources = [*ROOT.glob("codegen/**/*.py"), *ROOT.glob("pipeline/**/*.py")]
    named = {
        name for source in sources for name in re.findall(r"docs/[\w-]+\.md", source.read_text())
    }

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`make ([a-z-]+)", document.read_text()))

    assert named <= targets
