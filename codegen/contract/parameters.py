"""What is rendered, against the parameters that the SAM template declares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from codegen.contract.resources import lacks_bucket
from codegen.jinja.templates import Source
from codegen.place import Place
from codegen.problems import Kind, Problem, beside, close_hint
from codegen.sam.packaged import BUCKET_PARAMETER
from codegen.sam.parameter_types import is_list_type
from codegen.sam.references import references, unknown_references
from codegen.sam.revisions import revision_key, versioned_properties
from codegen.sam.template import FUNCTION, REVISION, Function, Parameter, SamTemplate
from codegen.values import constraints
from codegen.values.origins import MOCK_MARKER

LIST_FILTER = "comma_list"
STORED = "AWS::SSM::Parameter::Value"  # what it names may change without any deployment
DYNAMIC = "{{resolve:"


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
        for kind, what in _judged(parameter):
            yield Problem(kind, where, f"parameter {parameter.name} {what}")
    told = {BUCKET_PARAMETER} if lacks_bucket(template) else set()
    for line, name in unknown_references(template):
        if name in told:
            continue
        meant = close_hint(name, [*template.parameters, *template.resources])
        what = f"{name} is neither a parameter nor a resource of the template"
        yield Problem(Kind.REFERENCE_UNKNOWN, Place(template.file, line), what, hint=meant)
    for function in template.functions.values():
        yield from _revision(template, function)
        yield from _blind(template, function)


def _judged(parameter: Parameter) -> Iterator[tuple[Kind, str]]:
    """What is wrong with a declaration, and what of it only CloudFormation can judge."""
    judged = [*constraints.declaration_problems(parameter)]
    if not judged and parameter.default is not None:
        given = constraints.value_problems(parameter, parameter.default)
        judged = [f"has a Default that {what}" for what in given]
    for what in judged:
        yield Kind.PARAMETER_TYPE, what
    for what in constraints.unchecked(parameter):
        yield Kind.PARAMETER_UNCHECKED, what


def _revision(template: SamTemplate, function: Function) -> Iterator[Problem]:
    if "AutoPublishAlias" not in function.properties:
        return
    where = Place(template.file, function.line)
    name = function.revision_parameter
    if name is None:
        what = f"{FUNCTION} {function.logical_id} has an alias, and no revision"
        yield Problem(Kind.REVISION_UNWIRED, where, what)
    elif name not in template.parameters or not name.endswith(REVISION):
        what = f"{FUNCTION} {function.logical_id}: {name} is no revision parameter of the template"
        yield Problem(Kind.REVISION_UNWIRED, where, what)
    else:
        for other in template.functions.values():
            theirs = other.revision_parameter
            if other is not function and theirs and revision_key(theirs) == revision_key(name):
                what = f"{FUNCTION} {function.logical_id} and {other.logical_id} share a revision"
                yield Problem(Kind.REVISION_UNWIRED, where, what)


def _blind(template: SamTemplate, function: Function) -> Iterator[Problem]:
    """What a version carries, and no revision can see change."""
    if function.revision_parameter is None:
        return
    carried = versioned_properties(function)
    where = Place(template.file, function.line)
    for name in dict.fromkeys(references(carried)):
        parameter = template.parameters.get(name)
        is_theirs = name in template.revision_parameters - {function.revision_parameter}
        if is_theirs or (parameter and parameter.type.startswith(STORED)):
            what = f"{FUNCTION} {function.logical_id} carries {name}"
            yield Problem(Kind.REVISION_BLIND, where, what)
    if DYNAMIC in json.dumps(carried):
        what = f"{FUNCTION} {function.logical_id} carries a dynamic reference, {DYNAMIC}…}}}}"
        yield Problem(Kind.REVISION_BLIND, where, what)


def revision_problems(
    template: SamTemplate, rendered: Mapping[str, str], revisions: Mapping[str, str]
) -> Iterator[Problem]:
    """Check that each function is given its own revision.

    Parameters
    ----------
    rendered:
        Parameter → the text CloudFormation would get.
    revisions:
        Revision key → what was computed.
    """
    for function in template.functions.values():
        name = function.revision_parameter
        if name and name in rendered and rendered[name] != revisions[revision_key(name)]:
            what = f"{name} is not rendered from revisions.{revision_key(name)}"
            where = Place(template.file, template.parameters[name].line)
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
    told = {BUCKET_PARAMETER} if lacks_bucket(template) else set()
    for name in lines.keys() - known.keys() - told:
        what = f"{template.file} has no parameter {name}"
        other, meant = beside(name, known, template.file), close_hint(name, known)
        yield Problem(Kind.PARAMETER_UNKNOWN, Place(file, lines[name]), what, other, hint=meant)


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
        if name in template.looped and value != parameter.default:
            said = f"parameter {name} of {whose} is not its default, which a loop was built for"
            yield Problem(Kind.VALUE_UNFIT, where, said, _declared(template, parameter))


def _declared(template: SamTemplate, parameter: Parameter) -> Place:
    return Place(template.file, parameter.line)
