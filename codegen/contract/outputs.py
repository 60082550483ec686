"""The values that an environment's states put out: there, whole, and of this environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from codegen.jinja.templates import Read, Source
from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.settings.environment import Environment
from codegen.sources.state import StateOutputs
from codegen.terraform.outputs import Declared, outputs_file
from codegen.values.origins import mock_problems, origin_problems

_GIVEN = "the outputs given"  # a document, in place of the states: it has no serials


def output_problems(
    sources: Sequence[Source], declared: Declared, outputs: StateOutputs, environment: Environment
) -> Iterator[Problem]:
    """Check the values that the templates read: there, not null, not secret, from here.

    Outputs that no module declares are `codegen.contract.reads`' to report.
    """
    for read in _first_reads(sources):
        _, unit, name = read.path[:3]
        if name in declared.get(unit, {}):
            declaration = Place(outputs_file(unit), declared[unit][name].line)
            for kind, what in _problems(unit, name, outputs, environment):
                said = f"{read} of {environment.name} {what}"
                yield Problem(
                    kind, read.place, said, declaration, _remedy(kind, outputs, environment)
                )


def _problems(
    unit: str, name: str, outputs: StateOutputs, environment: Environment
) -> Iterator[tuple[Kind, str]]:
    values = outputs.values.get(unit)
    source = "the state" if outputs.serials else _GIVEN
    if name in outputs.sensitive.get(unit, ()):
        yield Kind.OUTPUT_SENSITIVE, f"is sensitive in {source}"
    elif values is None:
        yield Kind.OUTPUT_MISSING, _no_unit(outputs)
    elif unit in outputs.empty:
        yield Kind.OUTPUT_MISSING, "is not in the state: the unit was destroyed, or never applied"
    elif name not in values:
        yield Kind.OUTPUT_MISSING, f"is not in {source}"
    elif is_empty(values[name]):
        shown = "null" if values[name] is None else "empty"
        yield Kind.OUTPUT_EMPTY, f"is {shown} in {source}"
    else:
        for what in mock_problems(values[name]):
            yield Kind.OUTPUT_MOCKED, what
        for what in origin_problems(values[name], environment):
            yield Kind.OUTPUT_FOREIGN, what


def _no_unit(outputs: StateOutputs) -> str:
    how = "were read" if outputs.serials else f"are in {_GIVEN}"
    return f"is not there: no outputs of this unit {how}"


def _remedy(kind: Kind, outputs: StateOutputs, environment: Environment) -> str:
    if kind is Kind.OUTPUT_MISSING and not outputs.serials:
        return "add it to the document"
    if kind is Kind.OUTPUT_FOREIGN:
        return (
            f"make apply ENV={environment.name}; an account whose resources are used here on "
            f"purpose belongs in external_account_ids of live/{environment.name}/env.yaml"
        )
    applied_again = (Kind.OUTPUT_MISSING, Kind.OUTPUT_MOCKED)
    return f"make apply ENV={environment.name}" if kind in applied_again else ""


def is_empty(value: Any) -> bool:
    """Whether an output holds nothing: null, or a list or map without items."""
    return value is None or value in ([], {})


def _first_reads(sources: Sequence[Source]) -> list[Read]:
    """Each output once, at the place that reads it first."""
    first: dict[tuple[str, ...], Read] = {}
    for source in sources:
        for read in source.reads:
            if read.path[0] == "outputs":
                first.setdefault(read.path[:3], read)
    return list(first.values())
