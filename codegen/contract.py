"""The hand-off contract: outputs, templates and parameters fit each other, or nothing is rendered.

Pure: every check gets what it compares and gives back all problems it finds, so that they can be
reported together.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from codegen.filters import UNAVAILABLE
from codegen.module_outputs import DeclaredOutput
from codegen.rendering import Read, Source
from codegen.sam_template import FUNCTION, SamTemplate
from codegen.settings.environment import Environment
from codegen.state import StateOutputs
from codegen.values import origin_problems, value_problems

Declared = Mapping[str, Mapping[str, DeclaredOutput]]


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit: where (file and line), what, and what to do."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f"; {self.remedy}" if self.remedy else "")


def source_problems(
    sources: Sequence[Source], declared: Declared, names: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    """Check what the templates read against what there is to read. Needs no environment.

    Parameters
    ----------
    sources:
        The Jinja2 templates.
    declared:
        What modules/*/outputs.tf declare.
    names:
        Root → what may follow it, for the roots other than `outputs` and `environment`.
    """
    for source in sources:
        for misuse in source.misuses:
            where = f"{misuse.file}:{misuse.line}"
            yield Problem(where, misuse.problem, misuse.remedy)
        for read in source.reads:
            if read.path[0] == "outputs":
                yield from _undeclared(read, declared)
            elif read.path[0] == "environment":
                yield from _unknown_setting(read)
            elif read.path[1] not in names[read.path[0]]:
                yield _unknown(read, names[read.path[0]], "")


def _undeclared(read: Read, declared: Declared) -> Iterator[Problem]:
    _, unit, name = read.path[:3]
    if unit not in declared:
        yield _unknown(read, sorted(declared), f"there is no modules/{unit}/outputs.tf")
    elif name not in declared[unit]:
        yield _unknown(read, sorted(declared[unit]), f"modules/{unit}/outputs.tf lacks {name}")
    elif declared[unit][name].sensitive:
        yield Problem(
            f"{read.file}:{read.line}",
            f"{read} is sensitive (modules/{unit}/outputs.tf:{declared[unit][name].line})",
            "hand over the secret's ARN instead",
        )


def _unknown_setting(read: Read) -> Iterator[Problem]:
    model: Any = Environment
    for part in read.path[1:]:
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        known = [*model.model_fields, *_properties(model)] if is_model else []
        if part not in known:
            yield _unknown(read, known, "")
            return
        model = model.model_fields[part].annotation if part in model.model_fields else None


def _properties(model: type[BaseModel]) -> list[str]:
    return [name for name, member in vars(model).items() if isinstance(member, property)]


def _unknown(read: Read, known: Sequence[str], why: str) -> Problem:
    last = next((part for part in reversed(read.path) if part not in known), read.path[-1])
    close = difflib.get_close_matches(last, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known) or 'none'}"
    what = f"{read} is not there" + (f": {why}" if why else "")
    return Problem(f"{read.file}:{read.line}", what, hint)


def output_problems(
    sources: Sequence[Source], declared: Declared, outputs: StateOutputs, environment: Environment
) -> Iterator[Problem]:
    """Check the values that the templates read: there, not null, not secret, from here.

    Outputs that no module declares are `source_problems`' to report.
    """
    for read in _first_reads(sources):
        _, unit, name = read.path[:3]
        if name not in declared.get(unit, {}):
            continue
        where = f"{read.file}:{read.line}"
        side = (
            f"{read} of {environment.name} (modules/{unit}/outputs.tf:{declared[unit][name].line})"
        )
        apply = f"make apply ENV={environment.name}"
        if name in outputs.sensitive.get(unit, ()):
            remedy = "hand over the secret's ARN instead"
            yield Problem(where, f"{side} is sensitive in the state", remedy)
        elif unit not in outputs.values:
            yield Problem(where, f"{side}: no outputs of this unit were read", apply)
        elif name not in outputs.values[unit]:
            yield Problem(where, f"{side} is not in the state", apply)
        elif is_empty(outputs.values[unit][name]):
            shown = "null" if outputs.values[unit][name] is None else "empty"
            yield Problem(
                where, f"{side} is {shown} in the state", f"see modules/{unit}/outputs.tf"
            )
        else:
            for what in origin_problems(outputs.values[unit][name], environment):
                yield Problem(where, f"{side} {what}", apply)


def is_empty(value: Any) -> bool:
    """Whether an output holds nothing: null, or a list or map without items."""
    return value is None or value in ([], {})


def _first_reads(sources: Sequence[Source]) -> Iterable[Read]:
    """Each output once, at the place that reads it first."""
    first: dict[tuple[str, ...], Read] = {}
    for source in sources:
        for read in source.reads:
            if read.path[0] == "outputs":
                first.setdefault(read.path[:3], read)
    return first.values()


def template_problems(template: SamTemplate) -> Iterator[Problem]:
    """Check that each function's revision is wired: a version is published for what it covers."""
    for function in template.functions.values():
        if "AutoPublishAlias" not in function.properties:
            continue
        where = f"{template.file}: {FUNCTION} {function.logical_id}"
        name = function.revision_parameter
        remedy = "write AutoPublishCodeSha256: !Ref <Name>Revision, and that parameter"
        if name is None:
            yield Problem(where, "its alias has no revision, and would keep an old version", remedy)
        elif name not in template.parameters or not template.parameters[name].is_revision:
            yield Problem(where, f"{name} is no revision parameter of the template", remedy)


def parameter_problems(
    template: SamTemplate, rendered: Mapping[str, str], lines: Mapping[str, int], file: str
) -> Iterator[Problem]:
    """Check the rendered parameters against the template's: all, no others, each value.

    Parameters
    ----------
    rendered:
        Parameter → the text CloudFormation would get.
    lines:
        Parameter → its line in the Jinja2 template.
    file:
        What messages call the Jinja2 template.
    """
    known = template.parameters
    for name in known:
        if name not in rendered:
            where = f"{template.file}:{known[name].line}"
            yield Problem(where, f"parameter {name} is not rendered", f"add it to {file}")
    for name, value in rendered.items():
        where = f"{file}:{lines.get(name, 0)}"
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else "remove it here, or add it there"
            yield Problem(where, f"{template.file} has no parameter {name}", hint)
        elif UNAVAILABLE not in value:
            side = f"parameter {name} ({template.file}:{known[name].line})"
            for what in value_problems(known[name], value):
                yield Problem(where, f"{side} {what}", "change the value or the constraint")
