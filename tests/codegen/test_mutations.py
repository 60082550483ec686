"""Every name of the contract, renamed and removed once: `baton check` notices every time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from codegen import sides
from codegen.check import check
from codegen.problems import Problem
from codegen.sam.template import load_template
from codegen.settings.file import read
from codegen.terraform.outputs import declared_outputs
from codegen.terraform.units import load_mocks
from tests.codegen.builders import CHECKOUT, project, release

TEMPLATE = "sam-app/template.yaml"
PARAMETERS = "codegen/templates/parameters.yaml.j2"
SETTINGS = ["live/project.yaml", *(f"live/{env}/env.yaml" for env in ("dev", "staging", "prod"))]
Mutation = Callable[[str, int], str]


def renamed(text: str, line: int) -> str:
    """The name that a line declares gets one more letter."""
    lines = text.splitlines(keepends=True)
    lines[line - 1] = re.sub(r"^(\s*(?:output \")?\w+)", r"\1x", lines[line - 1])
    return "".join(lines)


def removed(text: str, line: int) -> str:
    """A line goes, with all that is indented below it, or stands before its closing brace."""
    lines = text.splitlines(keepends=True)
    depth = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    end = line
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > depth:
        end += 1
    if lines[line - 1].rstrip().endswith("{"):
        end += 1
    return "".join([*lines[: line - 1], *lines[end:]])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, its own SAM template included."""
    folder = project(tmp_path_factory.mktemp("project"))
    for file in (TEMPLATE, "sam-app/gateway.yaml"):
        shutil.copy(CHECKOUT / file, folder / file)
    for code in ("functions/api", "functions/processor", "functions/scheduled"):
        (folder / "sam-app" / code).mkdir(parents=True)
    for code in ("layers/dependencies", "layers/desk"):
        (folder / "sam-app" / code).mkdir(parents=True)
    return folder


@pytest.fixture(autouse=True)
def _parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that did not change is parsed once, for hundreds of checks."""
    monkeypatch.setattr("codegen.sides.load_source", _remembering(sides.load_source))
    monkeypatch.setattr("codegen.sides.load_template", _remembering(sides.load_template))


def _remembering(load: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[bytes, str], Any] = {}

    def remembered(path: Path, shown_as: str, *more: Any) -> Any:
        key = (path.read_bytes(), shown_as)
        if key not in known:
            known[key] = load(path, shown_as, *more)
        return known[key]

    return remembered


@contextmanager
def mutated(root: Path, file: str, line: int, mutation: Mutation) -> Iterator[None]:
    whole = (root / file).read_text("utf-8")
    changed = mutation(whole, line)
    assert changed != whole, f"{file}:{line} was not changed"
    (root / file).write_text(changed, "utf-8")
    yield
    (root / file).write_text(whole, "utf-8")


def checked(root: Path) -> list[Problem]:
    return check(root, root / TEMPLATE, [release(root / TEMPLATE)])


def told(problems: list[Problem], name: str) -> bool:
    return any(re.search(rf"\b{name}\b", problem.what) for problem in problems)


NAMES = {
    "outputs": [
        (f"modules/{unit}/outputs.tf", output.line, name)
        for unit, outputs in declared_outputs(CHECKOUT).items()
        for name, output in outputs.items()
    ],
    "parameters": [
        (TEMPLATE, parameter.line, name)
        for name, parameter in load_template(CHECKOUT / TEMPLATE).parameters.items()
    ],
    "rendered parameters": [
        (PARAMETERS, number, line.partition(":")[0])
        for number, line in enumerate((CHECKOUT / PARAMETERS).read_text().splitlines(), 1)
        if re.match(r"\w+:", line)
    ],
    "mocks": [
        ("units/mocks.yaml", line, str(path[-1]))
        for path, line in load_mocks(CHECKOUT).lines.items()
    ],
}


@pytest.mark.proves("A3")
@pytest.mark.parametrize("mutation", [renamed, removed])
@pytest.mark.parametrize("what", NAMES)
def test_a_name_that_changes_is_missed(what: str, mutation: Mutation, root: Path) -> None:
    # Given every name of one side, changed one at a time
    unnoticed = []
    for file, line, name in NAMES[what]:
        with mutated(root, file, line, mutation):
            # When the contract is checked
            problems = checked(root)

        # Then it says so, by that name
        if not told(problems, name):
            unnoticed.append((file, line, name))
    assert unnoticed == []
    assert len(NAMES[what]) > 30


KEYS = [
    (file, line, path) for file in SETTINGS for path, line in read(CHECKOUT / file).lines.items()
]


def test_a_setting_that_is_renamed_is_missed(root: Path) -> None:
    # Given every key of every file of settings, misspelled one at a time
    unnoticed = []
    for file, line, path in KEYS:
        with mutated(root, file, line, renamed):
            # When the contract is checked
            problems = checked(root)

        # Then it says which key it does not know
        if not told(problems, f"{path[-1]}x"):
            unnoticed.append((file, path))
    assert unnoticed == []


def test_a_setting_that_is_removed_is_missed_unless_it_has_a_default(root: Path) -> None:
    # Given every key of every file of settings, left out one at a time
    unnoticed = set()
    for file, line, path in KEYS:
        with mutated(root, file, line, removed):
            # When the contract is checked
            problems = checked(root)

        # Then it says what is missing, the key or the section that has lost its only one
        if not any(told(problems, str(part)) for part in path):
            unnoticed.add((file, path))

    # But what an env.yaml may leave out: that the project has a default for, or that means "none"
    defaults = {path[1:] for file, _, path in KEYS if file == "live/project.yaml"}
    may_be_left_out = {
        (file, path)
        for file, _, path in KEYS
        if file != "live/project.yaml"
        and (path in defaults or path in {("promoted_from",), ("protected",)})
        and path != ("network",)  # the whole section: cidr has no default
    }
    assert unnoticed == may_be_left_out
