"""What has happened is known by an exception's class; its exit code is for the shell alone."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [file for tree in ("codegen", "pipeline") for file in (ROOT / tree).rglob("*.py")]


def comparisons(source: str) -> list[int]:
    """The lines on which an exit code is compared."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        for side in ast.walk(node)
        if isinstance(side, ast.Attribute) and side.attr == "exit_code"
    ]


def test_no_error_is_told_by_its_exit_code() -> None:
    found = [(str(file.relative_to(ROOT)), comparisons(file.read_text())) for file in SOURCES]

    assert [each for each in found if each[1]] == []


def test_a_comparison_is_found() -> None:
    source = "if error.exit_code != BatonError.exit_code:\n    pass\nreturn error.exit_code"

    assert comparisons(source) == [1, 1]
