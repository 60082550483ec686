"""What templates and units read, against what there is to read. Needs no environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from codegen.jinja.templates import Read, Source
from codegen.place import Place
from codegen.problems import Kind, Problem, beside, hint, nearest
from codegen.sam.template import REVISION
from codegen.settings.environment import Environment
from codegen.settings.problems import sections
from codegen.strict_yaml import Key
from codegen.terraform.outputs import Declared, outputs_file
from codegen.terraform.units import UnitFile

SETTINGS = "live/project.yaml"
Lines = Mapping[Key, int]  # of live/project.yaml, which has a default for nearly every setting


def template_problems(
    sources: Sequence[Source],
    declared: Declared,
    names: Mapping[str, Sequence[str]],
    settings: Lines,
) -> Iterator[Problem]:
    """Check everything that the Jinja2 templates read.

    Parameters
    ----------
    sources:
        The templates.
    declared:
        What modules/*/outputs.tf declare.
    names:
        Root → what may follow it, for the roots other than `outputs` and `environment`.
    settings:
        Where the settings have their defaults.
    """
    for source in sources:
        yield from source.misuses
        for read in source.reads:
            if read.path[0] == "outputs":
                yield from _output(read, declared)
            elif read.path[0] == "environment":
                yield from _setting(read, settings)
            elif read.path[1] not in names[read.path[0]]:
                what, meant = _unknown(read), hint(read.path[1], names[read.path[0]])
                yield Problem(Kind.NAME_UNKNOWN, read.place, what, hint=meant)


def _unknown(read: Read) -> str:
    if read.path[0] != "revisions":
        return f"{read} is not known here"
    parameter = "".join(part.capitalize() for part in read.path[1].split("_")) + REVISION
    return f"{read} is not known: no function of the template is wired to {parameter}"


def unit_problems(
    units: Sequence[UnitFile], declared: Declared, settings: Lines
) -> Iterator[Problem]:
    """Check what units/*.hcl read of other units' outputs and of the settings.

    That a secret goes from unit to unit is Terraform's business: only templates may not read one.
    """
    for unit in units:
        for read in unit.outputs:
            yield from _undeclared(read, declared)
        for read in unit.settings:
            yield from _setting(read, settings)


def unread_problems(
    sources: Iterable[Source], units: Iterable[UnitFile], settings: Lines
) -> Iterator[Problem]:
    """Check that a template or a unit reads each setting of a section: else it does nothing."""
    reads = [
        *(read for source in sources for read in source.reads if read.path[0] == "environment"),
        *(read for unit in units for read in unit.settings),
    ]
    used = {read.path[1:3] for read in reads}
    for section, model in sections().items():
        for key in model.model_fields:
            if (section, key) not in used:
                where = _default(settings, (section, key))
                yield Problem(Kind.SETTING_UNREAD, where, f"nothing reads {section}.{key}")


def _output(read: Read, declared: Declared) -> Iterator[Problem]:
    yield from _undeclared(read, declared)
    _, unit, name = read.path[:3]
    output = declared.get(unit, {}).get(name)
    if output and output.sensitive:
        other = Place(outputs_file(unit), output.line)
        yield Problem(Kind.OUTPUT_SENSITIVE, read.place, f"{read} is sensitive", other)


def _undeclared(read: Read, declared: Declared) -> Iterator[Problem]:
    _, unit, name = read.path[:3]
    if unit not in declared:
        what = f"{read} is not there: no unit {unit} has an outputs.tf"
        yield Problem(Kind.OUTPUT_UNDECLARED, read.place, what, hint=hint(unit, sorted(declared)))
    elif name not in declared[unit]:
        lines = {each: output.line for each, output in declared[unit].items()}
        yield Problem(
            Kind.OUTPUT_UNDECLARED,
            read.place,
            f"{read} is not there: modules/{unit} declares no such output",
            beside(name, lines, outputs_file(unit)),
            hint=hint(name, sorted(lines)),
        )


def _setting(read: Read, settings: Lines) -> Iterator[Problem]:
    model: Any = Environment
    for depth, part in enumerate(read.path[1:], start=1):
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        known = [*model.model_fields, *_properties(model)] if is_model else []
        if part not in known:
            meant = (*read.path[1:depth], nearest(part, known) or part)
            other = _default(settings, meant)
            what = f"{read} is no setting"
            yield Problem(Kind.SETTING_UNKNOWN, read.place, what, other, hint=hint(part, known))
            return
        model = model.model_fields[part].annotation if part in model.model_fields else None


def _default(settings: Lines, key: Sequence[str]) -> Place:
    """Where a setting has its default, or what would hold it."""
    paths = (("defaults", *key[:length]) for length in range(len(key), -1, -1))
    return Place(SETTINGS, next((settings[path] for path in paths if path in settings), 1))


def _properties(model: type[BaseModel]) -> list[str]:
    return [name for name, member in vars(model).items() if isinstance(member, property)]
