"""The outputs that the units declare, as their modules' outputs.tf say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.terraform import hcl
from codegen.terraform.hcl import Block, Hcl
from codegen.terraform.units import UNITS

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


def declared_outputs(root: Path) -> Declared:
    """Read the outputs.tf of every unit's module: unit → output → declaration.

    Parameters
    ----------
    root:
        The checkout or unpacked release: has units/ and modules/. A module that is no unit is
        called by another, and its outputs are in no state.

    Raises
    ------
    HclError
        One of them cannot be read.
    """
    files = {file.stem: root / outputs_file(file.stem) for file in (root / UNITS).glob("*.hcl")}
    return {
        unit: outputs_of(hcl.read(files[unit], outputs_file(unit)))
        for unit in sorted(files)
        if files[unit].is_file()
    }


def outputs_of(source: Hcl) -> dict[str, DeclaredOutput]:
    """The `output` blocks of one file: name → where and how it is declared."""
    return {
        block.label: DeclaredOutput(block.line, _sensitive(source, block))
        for block in source.blocks("output")
    }


def _sensitive(source: Hcl, block: Block) -> bool:
    """Whether it is not plainly said to be none: what is read wrongly must not be handed over."""
    found = source.attribute(block, "sensitive")
    return found is not None and found[0].strip('()" \t\r\n') not in _NOT_SENSITIVE
