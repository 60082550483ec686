"""A SAM template, as far as the hand-off reads it: parameters, functions, layers.

Format: CloudFormation's template anatomy and SAM's Globals
(docs.aws.amazon.com/serverless-application-model, "Globals section of the AWS SAM template").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from codegen import strict_yaml
from codegen.errors import BatonError
from codegen.reading import read_text, reason

FUNCTION = "AWS::Serverless::Function"
REVISION = "Revision"  # the name of a parameter that carries a function's revision ends so
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


class TemplateError(BatonError):
    """The SAM template cannot be read, or is not a template."""

    def __init__(self, message: str, remedy: str = "sam validate --lint says more") -> None:
        super().__init__(message, remedy)


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


@dataclass(frozen=True)
class Function:
    """A function, its properties merged with `Globals.Function` as SAM merges them."""

    logical_id: str
    line: int
    properties: Mapping[str, Any]

    @property
    def revision_parameter(self) -> str | None:
        """The parameter wired to AutoPublishCodeSha256, where one is."""
        wired = self.properties.get("AutoPublishCodeSha256")
        reference = wired.get("Ref") if isinstance(wired, dict) else None
        return reference if isinstance(reference, str) else None


@dataclass(frozen=True)
class SamTemplate:
    """A parsed template; intrinsic functions are in their long form, `{"Ref": …}`.

    Attributes
    ----------
    file:
        What messages call it.
    resources:
        Logical id → the resource as it stands in the file, Globals not merged.
    document:
        The whole of it.
    lines:
        Where its keys stand, by path: ("Resources", "ApiFunction") → 210.
    """

    file: str
    parameters: Mapping[str, Parameter]
    resources: Mapping[str, Mapping[str, Any]]
    conditions: Mapping[str, Any]
    mappings: Mapping[str, Any]
    functions: Mapping[str, Function]
    document: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[strict_yaml.Key, int] = field(default_factory=dict)

    @property
    def revision_parameters(self) -> frozenset[str]:
        """The parameters that Baton computes, each from all that its function consists of."""
        wired = (function.revision_parameter for function in self.functions.values())
        return frozenset(name for name in wired if name)


def load_template(path: Path, shown_as: str = "") -> SamTemplate:
    """Read a template from a file.

    Raises
    ------
    TemplateError
        As `parse_template`; also where the file is missing.
    """
    file = shown_as or str(path)
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{file}: the SAM template cannot be read: {reason(error)}") from error
    return parse_template(text, file)


def parse_template(text: str, file: str) -> SamTemplate:
    """Read a template.

    Parameters
    ----------
    text:
        The template, YAML with or without CloudFormation's short tags (JSON is YAML too).
    file:
        What messages call it.

    Raises
    ------
    TemplateError
        It is no YAML, a key is there twice, or a section is not a mapping.
    """
    try:
        document, lines = strict_yaml.load_with_lines(text, strict_yaml.TemplateLoader)
    except yaml.YAMLError as error:
        raise TemplateError(strict_yaml.explain(Path(file), error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(f"{file}: not a SAM template: it has no Resources")
    try:
        return _template(document, lines, file)
    except RecursionError as error:
        raise TemplateError(f"{file}: something in it contains itself") from error


def _template(
    document: Mapping[str, Any], lines: Mapping[strict_yaml.Key, int], file: str
) -> SamTemplate:
    resources = _mapping(document, "Resources", file)
    parameters = _mapping(document, "Parameters", file)
    for section, names in (("Resources", resources), ("Parameters", parameters)):
        for name in names:
            if (section, name) not in lines:  # CloudFormation knows neither aliases nor merges
                raise TemplateError(f"{file}: {section}.{name} comes in by <<; write it out")
    common = _mapping(_mapping(document, "Globals", file), "Function", file)
    return SamTemplate(
        file=file,
        parameters={
            name: _parameter(name, lines["Parameters", name], body, file)
            for name, body in parameters.items()
        },
        resources=resources,
        conditions=_mapping(document, "Conditions", file),
        mappings=_mapping(document, "Mappings", file),
        functions={
            name: Function(name, lines["Resources", name], _properties(common, body, file))
            for name, body in resources.items()
            if body.get("Type") == FUNCTION
        },
        document=document,
        lines=lines,
    )


def _properties(
    common: Mapping[str, Any], function: Mapping[str, Any], file: str
) -> Mapping[str, Any]:
    """A function's properties, with the Globals that it does not ignore."""
    ignored = function.get("IgnoreGlobals") or []
    kept = {} if ignored == "*" else {k: v for k, v in common.items() if k not in ignored}
    merged: Mapping[str, Any] = merge_globals(kept, _mapping(function, "Properties", file))
    return merged


def merge_globals(common: Any, own: Any) -> Any:
    """Merge as SAM does: mappings key by key, lists one after the other, else the own value.

    A mapping that is an intrinsic function is a value, not a mapping to merge.
    """
    if isinstance(common, dict) and isinstance(own, dict) and not _intrinsic(common, own):
        keys = [*common, *(key for key in own if key not in common)]
        return {
            key: merge_globals(common[key], own[key])
            if key in common and key in own
            else own.get(key, common.get(key))
            for key in keys
        }
    if isinstance(common, list) and isinstance(own, list):
        return [*common, *own]
    return own


def _intrinsic(*values: Mapping[str, Any]) -> bool:
    return any(
        len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))
        for value in values
    )


def _mapping(document: Mapping[str, Any], key: str, file: str) -> Mapping[str, Any]:
    found = document.get(key) or {}
    if not isinstance(found, dict):
        raise TemplateError(f"{file}: {key} is not a mapping")
    for name, body in found.items():
        if key in ("Parameters", "Resources") and not isinstance(body, dict):
            raise TemplateError(f"{file}: {key}.{name} is not a mapping")
    return found


def _parameter(name: str, line: int, body: Mapping[str, Any], file: str) -> Parameter:
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


def scalar_text(value: Any) -> str | None:
    """A scalar as CloudFormation takes it, which knows texts only: `true`, not Python's `True`."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bound(value: Any) -> float | None:
    return None if value is None else float(value)
