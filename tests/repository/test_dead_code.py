"""What a module defines, something besides its own tests uses."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFINED_IN = ("codegen", "pipeline")
USED_IN = ("codegen", "pipeline", "tools", "benchmarks")
WORD = re.compile(r"[A-Za-z_]\w*")


def files(trees: Iterable[str]) -> list[Path]:
    return [file for tree in trees for file in (ROOT / tree).rglob("*.py")]


def definitions(source: str) -> Iterator[str]:
    """The names that a module defines: functions, classes, constants; no subcommands."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not any("command.command" in ast.unparse(each) for each in node.decorator_list):
                yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def words(source: str) -> Iterator[str]:
    """Every name in a source but those of its comments and docstrings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from WORD.findall(node.name)
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value
        ):
            yield from WORD.findall(node.value)  # a name that getattr is given, or a module


def unused(sources: Iterable[str], using: Iterable[str]) -> list[str]:
    """The names that are defined, and never used."""
    used = Counter(word for source in using for word in words(source))
    found = []
    for source in sources:
        own = Counter(definitions(source))
        # an assignment's target is a name in the tree as well
        targets = Counter(
            node.id
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
        found += [name for name in own if used[name] <= targets[name]]
    return found


def test_nothing_is_defined_that_nothing_uses() -> None:
    sources = [file.read_text() for file in files(DEFINED_IN)]

    assert unused(sources, [file.read_text() for file in files(USED_IN)]) == []


def test_what_is_dead_is_found() -> None:
    # Given a module with a type and a function that nothing uses, and others that are used
    source = "A = 1\nB = int\nC: int = A\n\ndef used():\n    return C\n\ndef dead():\n    used()"

    # When it is looked at, Then only those are found
    assert unused([source], [source]) == ["B", "dead"]
