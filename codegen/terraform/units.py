"""What units/ say: which outputs and settings a unit reads, and the outputs' mocks.

What is read must be named: `dependency.<unit>.outputs.<name>`, `local.settings.<section>.<key>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from codegen import strict_yaml
from codegen.errors import BatonError
from codegen.jinja.templates import Read
from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.reading import read_text, reason
from codegen.strict_yaml import Key
from codegen.terraform import hcl
from codegen.terraform.hcl import Hcl
from codegen.terraform.terragrunt import name_problems

UNITS = Path("units")
MOCKS = "units/mocks.yaml"
_OUTPUT = re.compile(
    # a read, and not a block's header or an attribute of that name
    r'(?<![\w.-])dependency(?![\w-])(?!\s*["=:{]|[ \t]+[\w-]+[ \t]*\{)'
    r"(?:\s*\.\s*(?P<one>[\w-]+)(?:\s*\.\s*outputs(?![\w-])(?:\s*\.\s*(?P<two>[\w-]+))?)?)?"
)
_SETTING = re.compile(
    r"(?<![\w.-])local\s*\.\s*settings(?![\w-])"
    r"(?:\s*\.\s*(?P<one>[\w-]+)(?:\s*\.\s*(?P<two>[\w-]+))?)?"
)
_NAMED = {
    "outputs": "dependency.data.outputs.table_name",
    "settings": "local.settings.network.cidr",
}


class UnitsError(BatonError):
    """units/mocks.yaml cannot be read."""


@dataclass(frozen=True)
class Input:
    """One input of a module: the line, and the expression as it is written."""

    line: int
    expression: str


@dataclass(frozen=True)
class UnitFile:
    """One units/<unit>.hcl, as far as the contract reads it.

    Attributes
    ----------
    unit, file:
        The unit, and what messages call its file.
    outputs:
        The reads of other units' outputs; their paths begin as a template's, with "outputs".
    settings:
        The reads of settings; their paths begin with "settings".
    misuses:
        What is wrong in the file alone: names that Terragrunt does not know, reads in which no name
        can be checked, dependencies on another unit's mocks.
    dependencies:
        The units it depends on, and the line of each `dependency`.
    inputs:
        What it gives its module; None where that is not one object, and so is not known.
    """

    unit: str
    file: str
    outputs: tuple[Read, ...]
    settings: tuple[Read, ...]
    misuses: tuple[Problem, ...] = ()
    dependencies: Mapping[str, int] = field(default_factory=dict)
    inputs: Mapping[str, Input] | None = field(default_factory=dict)


@dataclass(frozen=True)
class Mocks:
    """units/mocks.yaml: unit → output → the value it is planned on, and the lines of both."""

    values: Mapping[str, Mapping[str, Any]]
    lines: Mapping[Key, int]

    def place(self, *path: str) -> Place:
        """Where a unit's or an output's mock is; the file's beginning where there is none."""
        return Place(MOCKS, self.lines.get(path, self.lines.get(path[:1], 1)))


def _file(unit: str) -> str:
    return str(UNITS / f"{unit}.hcl")


def unit_of(source: Hcl, unit: str) -> UnitFile:
    """What one unit's file reads."""
    misuses = [*name_problems(source)]
    misuses += [] if misuses else _source(source, unit)
    misuses += _dependencies(source)
    outputs = tuple(_reads(source, "outputs", _OUTPUT, misuses))
    settings = tuple(_reads(source, "settings", _SETTING, misuses))
    dependencies = {block.label: block.line for block in source.blocks("dependency")}
    given = inputs_of(source)
    return UnitFile(unit, source.file, outputs, settings, tuple(misuses), dependencies, given)


def inputs_of(source: Hcl) -> dict[str, Input] | None:
    """The inputs that a file gives; None where they are not one object, as in `merge(…)`."""
    for item in source.items():
        if item.name == "inputs" and not item.is_block:
            members = source.object_items(item)
            if members is None:
                return None
            return {each.name: Input(each.line, source.text(each)) for each in members}
    return {}


def _source(source: Hcl, unit: str) -> Iterator[Problem]:
    """Check that a unit's module is the one of its name: its outputs are looked for there."""
    remedy = f'write source = "${{get_repo_root()}}/modules//{unit}"'
    for block in source.items():
        if block.is_block and block.name == "terraform":
            for item in source.items(block.start + 1, block.end):
                if item.name == "source":
                    if not re.search(rf'/modules//?{re.escape(unit)}"$', source.text(item)):
                        place = Place(source.file, item.line)
                        what = f"the source of unit {unit} does not lead to modules/{unit}"
                        yield Problem(Kind.UNIT_INVALID, place, what, remedy=remedy)
                    return
    what = f"unit {unit} has no source in a terraform block"
    yield Problem(Kind.UNIT_INVALID, Place(source.file, 1), what, remedy=remedy)


def _reads(
    source: Hcl, root: str, pattern: re.Pattern[str], misuses: list[Problem]
) -> Iterator[Read]:
    for found in pattern.finditer(source.code):
        line = source.line(found.start())
        if found["two"]:
            yield Read(source.file, line, (root, found["one"], found["two"]))
        else:
            what = f"{''.join(found[0].split())} as a whole cannot be checked"
            remedy = f"name the one value that is meant: {_NAMED[root]}"
            place = Place(source.file, line)
            misuses.append(Problem(Kind.READ_TOO_WIDE, place, what, remedy=remedy))


def _dependencies(source: Hcl) -> Iterator[Problem]:
    """Check that each dependency is on the unit it is named after, and on that one's mocks."""
    for block in source.blocks("dependency"):
        unit, nothing = block.label, ("", block.line)
        path, line = source.attribute(block, "config_path") or nothing
        if not path.endswith(f'/{unit}"'):
            what = f"dependency {unit} does not lead to the folder {unit}"
            remedy = f'write config_path = "${{get_terragrunt_dir()}}/../{unit}"'
            yield Problem(Kind.MOCK_UNKNOWN, Place(source.file, line), what, remedy=remedy)
        mocks, line = source.attribute(block, "mock_outputs") or nothing
        if mocks != f"local.mocks.{unit}":
            what = f"dependency {unit} is not planned on the mocks of {unit}"
            remedy = f"write mock_outputs = local.mocks.{unit}"
            place = Place(source.file, line)
            yield Problem(Kind.MOCK_UNKNOWN, place, what, Place(MOCKS, 1), remedy)


def load_units(root: Path) -> list[UnitFile]:
    """Read units/*.hcl of a checkout or unpacked release.

    Raises
    ------
    HclError
        One of them cannot be read.
    """
    return [
        unit_of(hcl.read(file, _file(file.stem)), file.stem)
        for file in sorted((root / UNITS).glob("*.hcl"))
    ]


def load_mocks(root: Path) -> Mocks:
    """Read units/mocks.yaml strictly.

    Raises
    ------
    UnitsError
        It is missing, no YAML, has a key twice, or is not one mapping per unit.
    """
    try:
        text = read_text(root / MOCKS)
        values, lines = strict_yaml.load_with_lines(text, strict_yaml.SettingsLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise UnitsError(f"{MOCKS}: cannot be read: {reason(error)}").at(Place(MOCKS, 1)) from error
    except yaml.YAMLError as error:
        place = Place(MOCKS, getattr(getattr(error, "problem_mark", None), "line", 0) + 1)
        raise UnitsError(strict_yaml.explain(Path(MOCKS), error)).at(place) from error
    if not isinstance(values, dict) or not all(isinstance(v, dict) for v in values.values()):
        what = f"{MOCKS}: is not one mapping of outputs per unit"
        raise UnitsError(what).at(Place(MOCKS, 1))
    return Mocks(values, lines)
