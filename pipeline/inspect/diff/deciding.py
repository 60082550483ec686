"""Which settings decide an output, as the HCL of modules/ and units/ says it.

What the value itself names, and what it depends on whether there is such a resource, or how many:
`count` and `for_each`. Other properties of a resource change no identifier of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from codegen.terraform.hcl import Block, Hcl

REFERENCE = re.compile(r"(?<![\w.-])(?P<kind>var|local|module|aws_\w+)\s*\.\s*(?P<name>\w+)")
SETTING = re.compile(r"(?<![\w.-])local\s*\.\s*settings\s*\.\s*(\w+)\s*\.\s*(\w+)")
# Where an environment stands among the others is said at the top of env.yaml, in no section.
PLACE = "promoted_from"
HOW_MANY = ("count", "for_each")


@dataclass(frozen=True)
class _Hcl:
    """Some HCL, of one file or more."""

    text: str
    name: str

    @cached_property
    def source(self) -> Hcl:
        return Hcl(self.text, self.name)

    def expressions(self, header: str, *attributes: str) -> Iterator[str]:
        """What the blocks, or maps, that begin so say of some attributes."""
        for found in re.finditer(header + r"\s*\{", self.text):
            start = found.end() - 1
            block = Block("", 0, start, _end(self.source.code, start))
            said = (self.source.attribute(block, attribute) for attribute in attributes)
            yield from (each[0] for each in said if each)


def _end(code: str, start: int) -> int:
    """Where the brace that opens at `start` is closed."""
    depth = 0
    for at in range(start, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return len(code)


def deciding(root: Path) -> dict[str, frozenset[str]]:
    """Find which settings decide each output.

    Parameters
    ----------
    root:
        The checkout or unpacked release: has units/ and modules/.

    Returns
    -------
    dict
        `<unit>.<output>` → settings, as `api.auth`.

    Raises
    ------
    HclError
        A file is no HCL.
    """
    found: dict[str, frozenset[str]] = {}
    for file in sorted((root / "units").glob("*.hcl")):
        parts = sorted((root / "modules" / file.stem).glob("*.tf"))
        module = _Hcl("\n".join(part.read_text("utf-8") for part in parts), f"modules/{file.stem}")
        unit = _Hcl(file.read_text("utf-8"), f"units/{file.name}")
        decided = _of_outputs(module, unit)
        found |= {f"{file.stem}.{name}": settings for name, settings in decided.items()}
    return found


def _of_outputs(module: _Hcl, unit: _Hcl) -> Mapping[str, frozenset[str]]:
    found = {}
    for block in module.source.blocks("output"):
        value = module.source.attribute(block, "value")
        variables = _variables(module, value[0] if value else "", set())
        found[block.label] = frozenset(
            setting
            for variable in variables
            for expression in unit.expressions(r"\binputs\s*=", variable)
            for setting in _settings(unit, expression, set())
        )
    return found


def _variables(module: _Hcl, expression: str, seen: set[str]) -> set[str]:
    """The module's variables that decide what an expression gives."""
    found: set[str] = set()
    for reference in REFERENCE.finditer(expression):
        kind, name = reference["kind"], reference["name"]
        if kind == "var":
            found.add(name)
        elif reference[0] not in seen:
            seen.add(reference[0])
            for inner in _behind(module, kind, name):
                found |= _variables(module, inner, seen)
    return found


def _behind(module: _Hcl, kind: str, name: str) -> Iterator[str]:
    if kind == "local":
        return module.expressions(r"\blocals", name)
    header = rf'\bmodule\s*"{name}"' if kind == "module" else rf'\bresource\s*"{kind}"\s*"{name}"'
    return module.expressions(header, *HOW_MANY)


def _settings(unit: _Hcl, expression: str, seen: set[str]) -> set[str]:
    """The settings that an expression of a unit reads, by its other locals too."""
    found = {".".join(setting.groups()) for setting in SETTING.finditer(expression)}
    if re.search(rf"\b{PLACE}\b", expression):
        found.add(PLACE)
    for reference in REFERENCE.finditer(expression):
        name = reference["name"]
        if reference["kind"] == "local" and name != "settings" and name not in seen:
            seen.add(name)
            for inner in unit.expressions(r"\blocals", name):
                found |= _settings(unit, inner, seen)
    return found
