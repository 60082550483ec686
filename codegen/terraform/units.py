"""What units/ say: which outputs and settings a unit reads, and the outputs' mocks.

What is read must be named: `dependency.<unit>.outputs.<name>`, `local.settings.<section>.<key>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codegen import strict_yaml
from codegen.errors import BatonError
from codegen.jinja.templates import Read
from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.strict_yaml import Key
from codegen.terraform import hcl
from codegen.terraform.hcl import Hcl

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
class UnitFile:
    """One units/<unit>.hcl, as far as the contract reads it.

    Attributes
    ----------
    outputs:
        The reads of other units' outputs; their paths begin as a template's, with "outputs".
    settings:
        The reads of settings; their paths begin with "settings".
    misuses:
        Reads in which no name can be checked, and dependencies on another unit's mocks.
    """

    outputs: tuple[Read, ...]
    settings: tuple[Read, ...]
    misuses: tuple[Problem, ...] = ()


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


def unit_of(source: Hcl) -> UnitFile:
    """What one unit's file reads."""
    misuses = list(_dependencies(source))
    outputs = tuple(_reads(source, "outputs", _OUTPUT, misuses))
    settings = tuple(_reads(source, "settings", _SETTING, misuses))
    return UnitFile(outputs, settings, tuple(misuses))


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
        unit_of(hcl.read(file, _file(file.stem))) for file in sorted((root / UNITS).glob("*.hcl"))
    ]


def load_mocks(root: Path) -> Mocks:
    """Read units/mocks.yaml strictly.

    Raises
    ------
    UnitsError
        It is missing, no YAML, has a key twice, or is not one mapping per unit.
    """
    try:
        text = (root / MOCKS).read_text("utf-8")
        values, lines = strict_yaml.load_with_lines(text, strict_yaml.SettingsLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise UnitsError(f"{MOCKS}: cannot be read: {error}").at(Place(MOCKS, 1)) from error
    except yaml.YAMLError as error:
        place = Place(MOCKS, getattr(getattr(error, "problem_mark", None), "line", 0) + 1)
        raise UnitsError(strict_yaml.explain(Path(MOCKS), error)).at(place) from error
    if not isinstance(values, dict) or not all(isinstance(v, dict) for v in values.values()):
        what = f"{MOCKS}: is not one mapping of outputs per unit"
        raise UnitsError(what).at(Place(MOCKS, 1))
    return Mocks(values, lines)
