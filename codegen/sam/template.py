"""A SAM template, as far as the hand-off reads it: parameters, functions, layers.

Format: CloudFormation's template anatomy and SAM's Globals
(docs.aws.amazon.com/serverless-application-model, "Globals section of the AWS SAM template").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from codegen.reading import read_text, reason
from codegen.sam.document import TemplateError, read_document
from codegen.sam.globals import merged_properties
from codegen.sam.includes import Includes
from codegen.sam.intrinsics import Evaluator
from codegen.sam.loops import Origin, written_out
from codegen.sam.parameter import Parameter, parse_parameter
from codegen.strict_yaml import Key

__all__ = [
    "Function",
    "Parameter",
    "SamTemplate",
    "TemplateError",
    "load_template",
    "parse_template",
]

FUNCTION = "AWS::Serverless::Function"
REVISION = "Revision"  # the name of a parameter that carries a function's revision ends so


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
        The whole of it, included files put in and loops written out.
    lines:
        Where its keys stand, by path: ("Resources", "ApiFunction") → 210.
    origins:
        (section, name) → where in the text an entry of a section is written.
    loop_problems:
        The path of each loop that cannot be written out, and why.
    looped:
        The parameters that loops go over, by their defaults.
    """

    file: str
    parameters: Mapping[str, Parameter]
    resources: Mapping[str, Mapping[str, Any]]
    conditions: Mapping[str, Any]
    mappings: Mapping[str, Any]
    functions: Mapping[str, Function]
    document: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[Key, int] = field(default_factory=dict)
    origins: Mapping[tuple[str, str], Origin] = field(default_factory=dict)
    loop_problems: tuple[tuple[Key, str], ...] = ()
    looped: frozenset[str] = frozenset()

    @property
    def revision_parameters(self) -> frozenset[str]:
        """The parameters that Baton computes, each from all that its function consists of."""
        wired = (function.revision_parameter for function in self.functions.values())
        return frozenset(name for name in wired if name)

    def line(self, section: str, name: str) -> int:
        """Where an entry of a section is written; where its section is, if it is included."""
        origin = self.origins.get((section, name))
        return _line(self.lines, origin.path if origin else (section, name))


def load_template(path: Path, shown_as: str = "", root: Path | None = None) -> SamTemplate:
    """Read a template from a file, with the files that it includes.

    Parameters
    ----------
    shown_as:
        What messages call it.
    root:
        The project, which included files are in; by default the template's folder.

    Raises
    ------
    TemplateError
        As `parse_template`; also where the file, or one that it includes, cannot be read.
    """
    file = shown_as or str(path)
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{file}: the SAM template cannot be read: {reason(error)}") from error
    return parse_template(text, file, Includes(path.parent, root or path.parent))


def parse_template(text: str, file: str, includes: Includes | None = None) -> SamTemplate:
    """Read a template.

    Parameters
    ----------
    text:
        The template, YAML with or without CloudFormation's short tags, or JSON.
    file:
        What messages call it.
    includes:
        Puts in what it includes; without it, includes stay as they are.

    Raises
    ------
    TemplateError
        It is no template, a key is there twice, or a section is not a mapping.
    """
    document, lines = read_document(text, file)
    if not isinstance(document, dict):
        raise TemplateError(f"{file}: not a SAM template: it has no Resources")
    try:
        if includes is not None:
            document = includes.inline(document, f"{file}#")
        return _template(document, lines, file)
    except RecursionError as error:
        raise TemplateError(f"{file}: something in it is nested too deeply") from error


def _template(source: Mapping[str, Any], lines: Mapping[Key, int], file: str) -> SamTemplate:
    if not isinstance(source.get("Resources"), dict):
        raise TemplateError(f"{file}: not a SAM template: it has no Resources")
    parameters = {
        name: parse_parameter(name, _line(lines, ("Parameters", name)), body, file)
        for name, body in _mapping(source, "Parameters", file).items()
    }
    mappings = _mapping(source, "Mappings", file)
    bare = SamTemplate(file, parameters, {}, _mapping(source, "Conditions", file), mappings, {})
    collections = _Collections(bare)
    loops = written_out(source, collections)
    resources = _mapping(loops.document, "Resources", file)
    template = SamTemplate(
        file=file,
        parameters=parameters,
        resources=resources,
        conditions=_mapping(loops.document, "Conditions", file),
        mappings=mappings,
        functions={},
        document=loops.document,
        lines=lines,
        origins=loops.origins,
        loop_problems=loops.problems,
        looped=frozenset(collections.asked),
    )
    functions = {
        name: Function(name, template.line("Resources", name), merged_properties(source, body))
        for name, body in resources.items()
        if body.get("Type") == FUNCTION
    }
    return replace(template, functions=functions)


class _Collections:
    """Works out what loops go over, from the template alone: its defaults and its mappings."""

    def __init__(self, template: SamTemplate) -> None:
        self.asked: set[str] = set()
        defaults = {
            name: value
            for name, each in template.parameters.items()
            if (value := each.default_value) is not None
        }
        self._evaluator = Evaluator(template, _Noting(defaults, self.asked))

    def __call__(self, node: Any) -> Any:
        return self._evaluator.resolve(node)


class _Noting(dict[str, str | list[str]]):
    """Values of parameters; notes which ones are asked for."""

    def __init__(self, values: Mapping[str, str | list[str]], asked: set[str]) -> None:
        super().__init__(values)
        self._asked = asked

    def __getitem__(self, name: str) -> str | list[str]:
        self._asked.add(name)
        return super().__getitem__(name)


def _line(lines: Mapping[Key, int], path: Key) -> int:
    """The line of a path, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _mapping(document: Mapping[str, Any], key: str, file: str) -> Mapping[str, Any]:
    found = document.get(key) or {}
    if not isinstance(found, dict):
        raise TemplateError(f"{file}: {key} is not a mapping")
    for name, body in found.items():
        if key in ("Parameters", "Resources") and not isinstance(body, dict):
            raise TemplateError(f"{file}: {key}.{name} is not a mapping")
        if key == "Resources" and not isinstance(body.get("Properties") or {}, dict):
            raise TemplateError(f"{file}: {key}.{name}.Properties is not a mapping")
    return found
