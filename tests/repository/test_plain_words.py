"""Words that readers stumble over do not come back into help, messages and documents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.__main__ import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
WORDS = re.compile(
    r"\b(anew|mends?|mended|goes by|of before|whose keeper|slip of the pen|lead nowhere)\b", re.I
)
DOCUMENTS = ("*.md", "docs/**/*.md", "modules/*/README.md", "policies/*.md", ".github/**/*.md")


def documents() -> Iterator[Path]:
    return (path for pattern in DOCUMENTS for path in ROOT.glob(pattern))


def messages(source: str) -> Iterator[str]:
    """The texts of a module but its docstrings: what may reach a terminal."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield node.value


def test_the_documents_use_plain_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in documents()
        for line in path.read_text().splitlines()
        if WORDS.search(line)
    ]

    assert found == []


def test_messages_use_plain_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for package in ("codegen", "pipeline", "tools")
        for path in (ROOT / package).rglob("*.py")
        for text in messages(path.read_text())
        if WORDS.search(text)
    ]

    assert found == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_summary_is_one_imperative_line(name: str) -> None:
    _, summary = COMMANDS[name]

    assert re.fullmatch(r"[A-Z][a-z]+,? [^\n]{5,70}\.", summary)
    assert not WORDS.search(summary)


@pytest.mark.parametrize(
    ("source", "found"),
    [('"""mend"""\nx = "a"', []), ('x = f"mend {1}"', ["mend "]), ('def f():\n    "anew"\n', [])],
)
def test_only_what_reaches_a_reader_counts(source: str, found: list[str]) -> None:
    assert [text for text in messages(source) if WORDS.search(text)] == found
