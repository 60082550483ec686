"""The outputs a Terraform module declares, as its outputs.tf says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.terraform import hcl
from codegen.terraform.hcl import Block, Hcl

_NOT_SENSITIVE = ("false", "null")


@dataclass(frozen=True)
class DeclaredOutput:
    """One `output` block: its line in outputs.tf, and whether it is sensitive."""

    line: int
    sensitive: bool


Declared = Mapping[str, Mapping[str, DeclaredOutput]]  # by unit, then by output


def outputs_file(unit: str) -> str:
    """Where a unit's outputs are declared, as messages name it."""
    return f"modules/{unit}/outputs.tf"


def parse_outputs(text: str, file: str = "outputs.tf") -> dict[str, DeclaredOutput]:
    """Find the `output` blocks of one file: name → where and how it is declared.

    Raises
    ------
    HclError
        It is no HCL.
    """
    return _declared(Hcl(text, file))


def declared_outputs(modules: Path) -> Declared:
    """Read every module's outputs.tf: unit → output → declaration.

    Raises
    ------
    HclError
        One of them cannot be read.
    """
    return {
        file.parent.name: _declared(hcl.read(file, outputs_file(file.parent.name)))
        for file in sorted(modules.glob("*/outputs.tf"))
    }


def _declared(source: Hcl) -> dict[str, DeclaredOutput]:
    return {
        block.label: DeclaredOutput(block.line, _sensitive(source, block))
        for block in source.blocks("output")
    }


def _sensitive(source: Hcl, block: Block) -> bool:
    """Whether it is not plainly said to be none: what is read wrongly must not be handed over."""
    found = source.attribute(block, "sensitive")
    return found is not None and found[0].strip('()" \t\r\n') not in _NOT_SENSITIVE
