"""A parameter that a template declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.sam.document import TemplateError
from codegen.sam.intrinsics import scalar_text
from codegen.sam.parameter_types import is_list_type

# docs.aws.amazon.com/AWSCloudFormation, "Parameters section"
ATTRIBUTES = {
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
}


@dataclass(frozen=True)
class Parameter:
    """One entry of the template's Parameters, with its constraints as CloudFormation names them."""

    name: str
    line: int
    type: str
    allowed_values: tuple[str, ...] = ()
    allowed_pattern: str | None = None
    min_length: float | None = None
    max_length: float | None = None
    min_value: float | None = None
    max_value: float | None = None
    constraint_description: str | None = None
    no_echo: bool = False
    default: str | None = None

    @property
    def default_value(self) -> str | list[str] | None:
        """The default as `Ref` gives it: a list for a list type."""
        return None if self.default is None else typed_value(self.type, self.default)


def typed_value(type_name: str, text: str) -> str | list[str]:
    """A parameter's text as `Ref` gives it: for a list type a list, of items without spaces."""
    return [item.strip() for item in text.split(",")] if is_list_type(type_name) else text


def parse_parameter(name: str, line: int, body: Mapping[str, Any], file: str) -> Parameter:
    """One entry of the section; TemplateError where it is none."""
    where = f"{file}:{line}: parameter {name}"
    if not isinstance(body.get("Type"), str):
        raise TemplateError(f"{where}: has no Type")
    if unknown := sorted(body.keys() - ATTRIBUTES):
        raise TemplateError(f"{where}: {unknown[0]} is no attribute of a parameter")
    allowed = body.get("AllowedValues", [])
    if not isinstance(allowed, list) or None in allowed:
        raise TemplateError(f"{where}: AllowedValues is no list of values")
    try:
        return Parameter(
            name=name,
            line=line,
            type=body["Type"],
            allowed_values=tuple(scalar_text(value) or "" for value in allowed),
            allowed_pattern=scalar_text(body.get("AllowedPattern")),
            min_length=_bound(body.get("MinLength")),
            max_length=_bound(body.get("MaxLength")),
            min_value=_bound(body.get("MinValue")),
            max_value=_bound(body.get("MaxValue")),
            constraint_description=scalar_text(body.get("ConstraintDescription")),
            no_echo=(scalar_text(body.get("NoEcho")) or "").lower() == "true",
            default=scalar_text(body.get("Default")),
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise TemplateError(f"{where}: a bound is no number") from error


def _bound(value: Any) -> float | None:
    return None if value is None else float(value)
