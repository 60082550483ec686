"""What units/ say: which outputs and settings a unit reads, and the outputs' mocks.

Read without an HCL parser: `terraform fmt` and Terragrunt keep these references in one form,
`dependency.<unit>.outputs.<name>` and `local.settings.<section>.<key>`.
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
from codegen.problems import Place
from codegen.strict_yaml import Key

UNITS = Path("units")
MOCKS = "units/mocks.yaml"
_OUTPUT = re.compile(r"\bdependency\.(\w+)\.outputs\.(\w+)")
_SETTING = re.compile(r"\blocal\.settings\.(\w+)\.(\w+)")
_COMMENT = re.compile(r"^\s*(#|//)")


class UnitsError(BatonError):
    """A file in units/ cannot be read."""


@dataclass(frozen=True)
class UnitFile:
    """One units/<unit>.hcl, as far as the contract reads it.

    Attributes
    ----------
    outputs:
        The reads of other units' outputs; their paths begin as a template's, with "outputs".
    settings:
        The reads of settings; their paths begin with "settings".
    """

    unit: str
    outputs: tuple[Read, ...]
    settings: tuple[Read, ...]


@dataclass(frozen=True)
class Mocks:
    """units/mocks.yaml: unit → output → the value it is planned on, and the lines of both."""

    values: Mapping[str, Mapping[str, Any]]
    lines: Mapping[Key, int]

    def place(self, *path: str) -> Place:
        """Where a unit's or an output's mock is; the file's beginning where there is none."""
        return Place(MOCKS, self.lines.get(path, self.lines.get(path[:1], 1)))


def parse_unit(text: str, unit: str) -> UnitFile:
    """Find what one unit reads."""
    file = str(UNITS / f"{unit}.hcl")
    return UnitFile(
        unit,
        outputs=tuple(_reads(text, file, "outputs", _OUTPUT)),
        settings=tuple(_reads(text, file, "settings", _SETTING)),
    )


def _reads(text: str, file: str, root: str, pattern: re.Pattern[str]) -> Iterator[Read]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not _COMMENT.match(line):
            for match in pattern.finditer(line):
                yield Read(file, number, (root, *match.groups()))


def load_units(root: Path) -> list[UnitFile]:
    """Read units/*.hcl of a checkout or unpacked release.

    Raises
    ------
    UnitsError
        One of them cannot be read.
    """
    return [
        parse_unit(_read(file, str(UNITS / file.name)), file.stem)
        for file in sorted((root / UNITS).glob("*.hcl"))
    ]


def load_mocks(root: Path) -> Mocks:
    """Read units/mocks.yaml strictly.

    Raises
    ------
    UnitsError
        It is missing, no YAML, has a key twice, or is not one mapping per unit.
    """
    text = _read(root / MOCKS, MOCKS)
    try:
        values, lines = strict_yaml.load_with_lines(text, strict_yaml.SettingsLoader)
    except yaml.YAMLError as error:
        raise UnitsError(strict_yaml.explain(Path(MOCKS), error)) from error
    if not isinstance(values, dict) or not all(isinstance(v, dict) for v in values.values()):
        raise UnitsError(f"{MOCKS} is not one mapping of outputs per unit")
    return Mocks(values, lines)


def _read(path: Path, shown_as: str) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnitsError(f"{shown_as} cannot be read: {error}") from error
