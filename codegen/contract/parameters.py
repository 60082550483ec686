"""What is rendered, against the parameters that the SAM template declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.jinja.templates import Source
from codegen.problems import Kind, Place, Problem, beside, nearest
from codegen.sam.template import FUNCTION, Function, Parameter, SamTemplate
from codegen.values import constraints
from codegen.values.origins import MOCK_MARKER
from codegen.values.types import is_list_type

LIST_FILTER = "comma_list"


def declaration_problems(template: SamTemplate) -> Iterator[Problem]:
    """Check the template alone: parameters that CloudFormation takes, no secret, all revisions."""
    known = list(template.parameters.values())
    if len(known) > constraints.MAX_PARAMETERS:
        where = _declared(template, known[constraints.MAX_PARAMETERS])
        limit = f"CloudFormation takes {constraints.MAX_PARAMETERS}"
        what = f"the template has {len(known)} parameters; {limit}"
        yield Problem(Kind.PARAMETERS_TOO_MANY, where, what)
    for parameter in known:
        where = _declared(template, parameter)
        if parameter.no_echo:
            yield Problem(Kind.PARAMETER_SECRET, where, f"parameter {parameter.name} is NoEcho")
        for what in constraints.declaration_problems(parameter):
            yield Problem(Kind.PARAMETER_TYPE, where, f"parameter {parameter.name} {what}")
    for function in template.functions.values():
        yield from _revision(template, function)


def _revision(template: SamTemplate, function: Function) -> Iterator[Problem]:
    if "AutoPublishAlias" not in function.properties:
        return
    where = Place(template.file, function.line)
    name = function.revision_parameter
    if name is None:
        what = f"{FUNCTION} {function.logical_id} has an alias, and no revision"
        yield Problem(Kind.REVISION_UNWIRED, where, what)
    elif name not in template.parameters or not template.parameters[name].is_revision:
        what = f"{FUNCTION} {function.logical_id}: {name} is no revision parameter of the template"
        yield Problem(Kind.REVISION_UNWIRED, where, what)


def name_problems(template: SamTemplate, lines: Mapping[str, int], file: str) -> Iterator[Problem]:
    """Check that every parameter is rendered, and nothing else.

    Parameters
    ----------
    lines:
        Rendered parameter → its line in the Jinja2 template.
    file:
        What messages call the Jinja2 template.
    """
    known = {name: parameter.line for name, parameter in template.parameters.items()}
    for name in known.keys() - lines.keys():
        where, what = Place(template.file, known[name]), f"parameter {name} is not rendered"
        yield Problem(Kind.PARAMETER_MISSING, where, what, beside(name, lines, file))
    for name in lines.keys() - known.keys():
        close = nearest(name, known)
        what = f"{template.file} has no parameter {name}"
        remedy = f"did you mean {close}?" if close else ""
        other = beside(name, known, template.file)
        yield Problem(Kind.PARAMETER_UNKNOWN, Place(file, lines[name]), what, other, remedy)


def list_problems(
    template: SamTemplate, lines: Mapping[str, int], source: Source
) -> Iterator[Problem]:
    """Check that list parameters, and no others, are written as lists."""
    for name, line in lines.items():
        parameter = template.parameters.get(name)
        chain = source.filters.get(line, ())
        if parameter is None or is_list_type(parameter.type) == (LIST_FILTER in chain):
            continue
        is_list = is_list_type(parameter.type)
        written = "one value is written" if is_list else "a list is written"
        what = f"{written} for {name}, which is {parameter.type}"
        remedy = f"write | {LIST_FILTER} | yaml" if is_list else f"take | {LIST_FILTER} out"
        other = _declared(template, parameter)
        yield Problem(Kind.LIST_MISMATCH, Place(source.file, line), what, other, remedy)


def rendered_problems(
    template: SamTemplate,
    rendered: Mapping[str, str],
    lines: Mapping[str, int],
    file: str,
    whose: str,
) -> Iterator[Problem]:
    """Check each rendered value against its parameter's type and constraints.

    Parameters
    ----------
    rendered:
        Parameter → the text CloudFormation would get.
    lines, file:
        As for `name_problems`.
    whose:
        The environment.
    """
    for name, value in rendered.items():
        parameter = template.parameters.get(name)
        # a mock's shape is its mark; one that is to be deployed is refused as an output
        if parameter is None or MOCK_MARKER.search(value):
            continue
        if any(constraints.declaration_problems(parameter)):  # told already, whoever's value it is
            continue
        where = Place(file, lines.get(name, 1))
        for what in constraints.value_problems(parameter, value):
            said = f"parameter {name} of {whose} {what}"
            yield Problem(Kind.VALUE_UNFIT, where, said, _declared(template, parameter))


def _declared(template: SamTemplate, parameter: Parameter) -> Place:
    return Place(template.file, parameter.line)
