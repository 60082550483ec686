"""The variables that modules declare, and which values written out they take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.terraform import hcl
from codegen.terraform.hcl import Hcl

MODULES = "modules"
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_TYPES = {"list": "list", "set": "list", "tuple": "list", "map": "object", "object": "object"}
# Kind of a literal → the types that Terraform takes it for.
_FITS = {
    "text": {"string"},
    "number": {"number", "string"},
    "bool": {"bool", "string"},
    "list": {"list"},
    "object": {"object"},
}


@dataclass(frozen=True)
class Variable:
    """One `variable` block.

    Attributes
    ----------
    file, line:
        Where it is declared.
    type:
        Its type without what is in it: string, number, bool, list, object, or "" for any.
    required:
        Whether it has no default.
    nullable:
        Whether it takes null.
    """

    file: str
    line: int
    type: str
    required: bool
    nullable: bool


Variables = Mapping[str, Mapping[str, Variable]]  # by unit, then by variable


def module_variables(root: Path, units: Iterable[str]) -> Variables:
    """Read the variables of each unit's module, from all of its files.

    Parameters
    ----------
    root:
        The checkout or unpacked release: has modules/.
    units:
        Their names. One without a module of its name has no variables here.

    Raises
    ------
    HclError
        A file cannot be read.
    """
    found = {}
    for unit in units:
        files = sorted((root / MODULES / unit).glob("*.tf"))
        if files:
            named = [(file, f"{MODULES}/{unit}/{file.name}") for file in files]
            found[unit] = {
                name: variable
                for file, name_ in named
                for name, variable in parse_variables(hcl.read(file, name_)).items()
            }
    return found


def parse_variables(source: Hcl) -> dict[str, Variable]:
    """The `variable` blocks of one file, by name."""
    found = {}
    for block in source.blocks("variable"):
        type_ = source.attribute(block, "type")
        nullable = source.attribute(block, "nullable")
        found[block.label] = Variable(
            source.file,
            block.line,
            _kind(type_[0] if type_ else ""),
            source.attribute(block, "default") is None,
            nullable is None or nullable[0] != "false",
        )
    return found


def _kind(type_: str) -> str:
    name = type_.partition("(")[0].strip()
    return name if name in ("string", "number", "bool") else _TYPES.get(name, "")


def literal_problem(variable: Variable, expression: str) -> str | None:
    """Why a variable does not take an expression, if it is a literal that says so; else None.

    Parameters
    ----------
    expression:
        As it is written, without comments.
    """
    if expression == "null":
        return None if variable.nullable else "is null, which the variable does not take"
    found = _literal(expression)
    if found is None or not variable.type or variable.type in _FITS[found]:
        return None
    inner = expression.strip('"')
    if found == "text" and variable.type == "number" and _NUMBER.fullmatch(inner):
        return None
    if found == "text" and variable.type == "bool" and inner in ("true", "false"):
        return None
    return f"is a {found}, and the variable is a {variable.type}"


def _literal(expression: str) -> str | None:
    """What kind of literal an expression is; None where it is more than that."""
    if re.fullmatch(r'"(?:[^"\\$%]|\\.|[$%](?!\{))*"', expression):
        return "text"
    if _NUMBER.fullmatch(expression):
        return "number"
    if expression in ("true", "false"):
        return "bool"
    if expression[:1] in "[{" and _is_one_bracket(expression):
        return "list" if expression[0] == "[" else "object"
    return None


def _is_one_bracket(expression: str) -> bool:
    """Whether the first bracket is closed by the last character, and not before."""
    code = Hcl(expression, "").code
    depth = 0
    for at, character in enumerate(code):
        depth += {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}.get(character, 0)
        if depth == 0:
            return at == len(code) - 1
    return False
