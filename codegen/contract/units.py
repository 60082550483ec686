"""What units give their modules, and what they depend on, in every environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codegen.jinja.templates import Source
from codegen.place import Place
from codegen.problems import Kind, Problem, hint
from codegen.terraform.layout import LiveUnit
from codegen.terraform.units import Input, UnitFile
from codegen.terraform.variables import Variable, Variables, literal_problem

_READ_ALONE = ("dependency", "outputs")


def input_problems(
    units: Iterable[UnitFile],
    shared: Mapping[str, Input] | None,
    variables: Variables,
    mocks: Mapping[str, Mapping[str, Any]],
) -> Iterator[Problem]:
    """Check each unit's inputs against its module's variables.

    Parameters
    ----------
    shared:
        What the root terragrunt.hcl gives every module: one that has no such variable ignores it.
        None where it is not known.
    variables:
        What the modules declare.
    mocks:
        Unit → output → mocked value, whose type the output has.
    """
    for unit in units:
        declared = variables.get(unit.unit)
        if declared is None:
            what = f"unit {unit.unit} has no module: modules/{unit.unit} has no .tf file"
            yield Problem(Kind.UNIT_INVALID, Place(unit.file, 1), what)
        elif unit.inputs is not None:
            for name, given in unit.inputs.items():
                yield from _given(unit, name, given, declared, mocks)
            if shared is not None:
                missing = {n for n, each in declared.items() if each.required}
                for name in sorted(missing - unit.inputs.keys() - shared.keys()):
                    where = Place(declared[name].file, declared[name].line)
                    what = f"unit {unit.unit} does not set {name}, which has no default"
                    at = Place(unit.file, 1)
                    yield Problem(Kind.INPUT_MISSING, at, what, where)


def _given(
    unit: UnitFile,
    name: str,
    given: Input,
    declared: Mapping[str, Variable],
    mocks: Mapping[str, Mapping[str, Any]],
) -> Iterator[Problem]:
    place = Place(unit.file, given.line)
    variable = declared.get(name)
    if variable is None:
        what = f"modules/{unit.unit} has no variable {name}"
        meant = hint(name, sorted(declared))
        yield Problem(Kind.INPUT_UNKNOWN, place, what, hint=meant)
        return
    why = literal_problem(variable, given.expression) or _output_problem(variable, given, mocks)
    if why:
        other = Place(variable.file, variable.line)
        yield Problem(Kind.INPUT_UNFIT, place, f"input {name} of unit {unit.unit} {why}", other)


def _output_problem(
    variable: Variable, given: Input, mocks: Mapping[str, Mapping[str, Any]]
) -> str | None:
    """Why a variable does not take an output, where it is given nothing else."""
    parts = given.expression.split(".")
    if len(parts) != 4 or (parts[0], parts[2]) != _READ_ALONE:
        return None
    mocked = mocks.get(parts[1], {}).get(parts[3])
    kind = "list" if isinstance(mocked, list) else "object" if isinstance(mocked, dict) else "text"
    groups = {"list", "object"}
    # a text may be a number's as well, and no mock is null
    if mocked is None or not variable.type or not {kind, variable.type} & groups:
        return None
    if kind == variable.type:
        return None
    return f"is the output {parts[1]}.{parts[3]}, a {kind}, and the variable is a {variable.type}"


def dependency_problems(units: Sequence[UnitFile]) -> Iterator[Problem]:
    """Check that each dependency is on a unit that there is, and that none goes in a circle."""
    names = {unit.unit: unit for unit in units}
    for unit in units:
        for name, line in unit.dependencies.items():
            if name not in names:
                what = f"unit {unit.unit} depends on {name}, and there is no units/{name}.hcl"
                meant = hint(name, sorted(names))
                yield Problem(Kind.UNIT_INVALID, Place(unit.file, line), what, hint=meant)
    for circle in _circles(names):
        unit, line = names[circle[0]], names[circle[0]].dependencies[circle[1]]
        what = f"units depend on each other in a circle: {' → '.join(circle)}"
        yield Problem(Kind.UNIT_INVALID, Place(unit.file, line), what, remedy="take one away")


def _circles(units: Mapping[str, UnitFile]) -> Iterator[list[str]]:
    """Each circle once, from its first unit by name back to it."""
    for start in sorted(units):
        paths = [[start]]
        seen: set[str] = set()
        while paths:
            path = paths.pop()
            for name in sorted(units[path[-1]].dependencies, reverse=True):
                if name == start:
                    yield [*path, start]
                    paths = []
                    break
                # a circle is reported by the first of its units only
                if name in units and name > start and name not in seen:
                    seen.add(name)
                    paths.append([*path, name])


def environment_problems(
    live: Iterable[LiveUnit], units: Sequence[UnitFile], templates: Iterable[Source]
) -> Iterator[Problem]:
    """Check that each environment has the units that its own units and the templates need."""
    known = {unit.unit: unit for unit in units}
    present: dict[str, set[str]] = {}
    for each in live:
        present.setdefault(each.environment, set()).add(each.unit)
        yield from each.misuses
        if each.unit not in known:
            what = f"there is no units/{each.unit}.hcl for the unit {each.unit}"
            meant = hint(each.unit, sorted(known))
            yield Problem(Kind.UNIT_INVALID, Place(each.file, 1), what, hint=meant)
    reads = [read for source in templates for read in source.reads if read.path[0] == "outputs"]
    for environment, there in sorted(present.items()):
        needed = {
            name: Place(known[unit].file, line)
            for unit in sorted(there & known.keys())
            for name, line in known[unit].dependencies.items()
        }
        needed = {read.path[1]: read.place for read in reversed(reads)} | needed
        for name, place in needed.items():
            if name in known and name not in there:
                what = f"live/{environment} has no unit {name}, which is read here"
                remedy = f"add live/{environment}/{name}/terragrunt.hcl, as the other units have it"
                yield Problem(Kind.UNIT_INVALID, place, what, remedy=remedy)
