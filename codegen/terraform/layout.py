"""The units of the environments as live/ has them, and what every unit shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.terraform import hcl
from codegen.terraform.hcl import Hcl
from codegen.terraform.terragrunt import name_problems
from codegen.terraform.units import Input, inputs_of

ROOT_FILE = "terragrunt.hcl"


@dataclass(frozen=True)
class LiveUnit:
    """One live/<env>/<unit>/terragrunt.hcl, and what is wrong in it."""

    environment: str
    unit: str
    file: str
    misuses: tuple[Problem, ...]


@dataclass(frozen=True)
class Root:
    """The root terragrunt.hcl: what it gives every module, None where that is not known."""

    inputs: Mapping[str, Input] | None
    misuses: tuple[Problem, ...] = ()


def load_root(root: Path) -> Root:
    """Read the file that every unit includes; without one nothing is shared.

    Raises
    ------
    HclError
        It cannot be read.
    """
    if not (root / ROOT_FILE).exists():
        return Root({})
    source = hcl.read(root / ROOT_FILE, ROOT_FILE)
    return Root(inputs_of(source), tuple(name_problems(source)))


def load_live(root: Path) -> list[LiveUnit]:
    """Read the units of every environment.

    Raises
    ------
    HclError
        A file cannot be read.
    """
    found = []
    for path in sorted((root / "live").glob(f"*/*/{ROOT_FILE}")):
        file = path.relative_to(root).as_posix()
        source = hcl.read(path, file)
        environment, unit = path.parts[-3:-1]
        found.append(LiveUnit(environment, unit, file, tuple(_misuses(source, unit))))
    return found


def _misuses(source: Hcl, unit: str) -> Iterator[Problem]:
    yield from name_problems(source)
    paths = [
        source.text(item)
        for block in source.items()
        if block.is_block and block.name == "include"
        for item in source.items(block.start + 1, block.end)
        if item.name == "path"
    ]
    if not any("/units/" in path for path in paths):
        what = f"does not include units/{unit}.hcl, so there is nothing in this unit"
        remedy = "write it as the other units' files are"
        yield Problem(Kind.UNIT_INVALID, Place(source.file, 1), what, remedy=remedy)
