"""The outputs a Terraform module declares, found in its outputs.tf without an HCL parser.

`terraform fmt`, which `make lint` enforces, puts `output "name" {` at the beginning of a line and
its closing brace at the beginning of another; so two patterns read the file reliably.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r'^output\s+"(?P<name>[^"]+)"\s*\{(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
_SENSITIVE = re.compile(r"^\s*sensitive\s*=\s*true\s*(#.*|//.*)?$", re.MULTILINE)


@dataclass(frozen=True)
class DeclaredOutput:
    """One `output` block: its line in outputs.tf, and whether it is sensitive."""

    line: int
    sensitive: bool


Declared = Mapping[str, Mapping[str, DeclaredOutput]]  # by unit, then by output


def outputs_file(unit: str) -> str:
    """Where a unit's outputs are declared, as messages name it."""
    return f"modules/{unit}/outputs.tf"


def parse_outputs(text: str) -> dict[str, DeclaredOutput]:
    """Find the `output` blocks of one file: name → where and how it is declared."""
    return {
        block["name"]: DeclaredOutput(
            line=text.count("\n", 0, block.start()) + 1,
            sensitive=_SENSITIVE.search(block["body"]) is not None,
        )
        for block in _BLOCK.finditer(text)
    }


def declared_outputs(modules: Path) -> Declared:
    """Read every module's outputs.tf: unit → output → declaration."""
    return {
        file.parent.name: parse_outputs(file.read_text("utf-8"))
        for file in sorted(modules.glob("*/outputs.tf"))
    }
