"""Whether a value satisfies its parameter's type and constraints, as CloudFormation will judge it.

Rules: docs.aws.amazon.com/AWSCloudFormation, "Parameters section" and "CloudFormation quotas".
"""

from __future__ import annotations

from collections.abc import Iterator

from codegen.jinja.templates import UNAVAILABLE
from codegen.sam.parameter_types import (
    NUMBER,
    PARAMETER_TYPES,
    SSM_NAME,
    STRING,
    ParameterType,
    type_of,
)
from codegen.sam.template import Parameter
from codegen.shown import shorten, shown
from codegen.values.patterns import InvalidPatternError, PatternError, compiled

MAX_BYTES = 4096  # of a parameter's value
MAX_PARAMETERS = 200  # of a template


def declaration_problems(parameter: Parameter) -> Iterator[str]:
    """Say what CloudFormation would refuse of a parameter's declaration. Needs no value."""
    if type_of(parameter.type) is None:
        yield f"has the type {parameter.type}, which is none that CloudFormation documents"
    if parameter.allowed_pattern is not None:
        try:
            compiled(parameter.allowed_pattern)
        except InvalidPatternError as error:
            yield f"has an invalid AllowedPattern: {shorten(parameter.allowed_pattern)}: {error}"
        except PatternError:
            pass  # CloudFormation may well take it: see `unchecked`


def unchecked(parameter: Parameter) -> Iterator[str]:
    """Say what of a parameter's constraints only CloudFormation checks, and why."""
    if parameter.type not in PARAMETER_TYPES and type_of(parameter.type) is not None:
        yield f"has the type {parameter.type}, which AWS does not document"
    if parameter.allowed_pattern is not None:
        try:
            compiled(parameter.allowed_pattern)
        except InvalidPatternError:
            pass  # `declaration_problems` says so
        except PatternError as error:
            yield f"has the AllowedPattern {shorten(parameter.allowed_pattern)}: {error}"


def value_problems(parameter: Parameter, value: str) -> Iterator[str]:
    """Say everything that is wrong with a value for a parameter.

    Parameters
    ----------
    parameter:
        With its type and constraints. What `declaration_problems` says of them is said here too,
        and the value is then judged no further.
    value:
        The text CloudFormation would get. One that carries the mark of what cannot be had is not
        judged: why it cannot be had is known.
    """
    if UNAVAILABLE in value:
        return
    undecided = list(declaration_problems(parameter))
    yield from undecided
    size = len(value.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        yield f"has {size:,} bytes, and CloudFormation takes {MAX_BYTES:,}"
    if undecided:
        return
    type_ = type_of(parameter.type)
    assert type_ is not None  # noqa: S101  (`declaration_problems` has refused it)
    for item in type_.items(value):
        if not type_.shape.fullmatch(item):
            yield f"is {shown(item)}, which is no {type_.item}"
        else:
            yield from _constraint_problems(parameter, type_, item)


def _constraint_problems(parameter: Parameter, type_: ParameterType, item: str) -> Iterator[str]:
    """The constraints, each where CloudFormation looks at it.

    AllowedValues and AllowedPattern apply to each item of a list; the pattern not to numbers.
    Lengths are for one text, and the name of an SSM parameter is judged as text; values are for
    one number.
    """
    told = _explained(parameter)
    allowed, pattern = parameter.allowed_values, parameter.allowed_pattern
    if allowed and item not in allowed:
        yield f"is {shown(item)}, and AllowedValues are {shorten(', '.join(allowed))}{told}"
    if pattern is not None and type_.item != NUMBER and not _fits(pattern, item):
        yield f"is {shown(item)}, and AllowedPattern is {shorten(pattern)}{told}"
    if type_.is_list:
        return
    bounds = None
    if type_.item in (STRING, SSM_NAME):
        bounds = _outside(len(item), " characters", parameter.min_length, parameter.max_length)
    elif type_.item == NUMBER:
        bounds = _outside(float(item), "", parameter.min_value, parameter.max_value)
    if bounds:
        yield f"is {shown(item)}, and {bounds}{told}"


def _fits(pattern: str, item: str) -> bool:
    try:
        return compiled(pattern).fullmatch(item) is not None
    except PatternError:  # `unchecked` says so
        return True


def _outside(size: float, unit: str, lowest: float | None, highest: float | None) -> str | None:
    if lowest is not None and size < lowest:
        return f"at least {lowest:g}{unit} is asked for"
    if highest is not None and size > highest:
        return f"at most {highest:g}{unit} is allowed"
    return None


def _explained(parameter: Parameter) -> str:
    description = parameter.constraint_description
    return f" ({shorten(description)})" if description else ""
