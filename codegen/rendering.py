"""One environment's files, rendered from values that somebody else found, and judged."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from codegen.contract.outputs import is_empty
from codegen.contract.parameters import (
    name_problems,
    rendered_problems,
    revision_problems,
)
from codegen.jinja.templates import ROOTS, TemplateSourceError
from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.sam.parameters_file import read_parameters
from codegen.sam.revisions import UNSET, compute_revisions, pseudo_parameters, revision_keys
from codegen.settings.environment import Environment
from codegen.shown import shown
from codegen.sides import RELEASE_NAMES, Sides
from codegen.values.origins import MOCK_MARKER, mock_problems

# What `sam deploy` must not take from its own defaults, or from whoever starts it
_DEPLOY_KEYS = ("template_file", "stack_name", "s3_bucket", "role_arn", "parameter_overrides")


@dataclass(frozen=True)
class ReleaseContext:
    """What rendering needs to know of the release it renders for.

    Attributes
    ----------
    template:
        The packaged template; code and layers are named in it by their SHA-256.
    template_file:
        Where samconfig.toml says the template is, as seen from samconfig.toml's folder.
    target:
        The target the release was built for, "local" or "aws".
    runtime, architecture:
        The platform the release was built for, as Lambda names it.
    id:
        The release, for people to read.
    """

    template: Path
    template_file: str
    target: str
    runtime: str
    architecture: str
    id: str


@dataclass(frozen=True)
class Rendering:
    """An environment's files, not written yet.

    Attributes
    ----------
    parameters:
        Every template parameter → the text CloudFormation gets, revisions included.
    revisions:
        What templates call a function → its revision.
    parameters_file:
        The content of parameters/<env>.yaml.
    samconfig_table:
        A samconfig.toml with this environment's tables alone.
    """

    environment: str
    parameters: Mapping[str, str]
    revisions: Mapping[str, str]
    parameters_file: bytes
    samconfig_table: bytes


def render(
    sides: Sides,
    environment: Environment,
    outputs: Mapping[str, Mapping[str, Any]],
    release: ReleaseContext,
    *,
    on_mocks: bool = False,
) -> tuple[Rendering, list[Problem]]:
    """Render an environment's files, and judge every parameter's value.

    An output that is not there, or is empty, does not stop it: whatever is made of it is judged no
    further. So one missing thing hides no other.

    Parameters
    ----------
    outputs:
        Unit → output → value.
    on_mocks:
        Whether the outputs are mocks, whose mark is no problem then.

    Raises
    ------
    TemplateSourceError
        What a template renders is no YAML or TOML, or not of the form it must have.
    TemplateError
        A revision cannot be worked out.
    """
    context, missing = _context(sides, environment, outputs, release)
    revisions = dict.fromkeys(revision_keys(sides.template), UNSET)
    source, table = sides.sources
    first, problems = source.render_all({**context, "revisions": revisions}, missing)
    samconfig, more = table.render_all({**context, "revisions": revisions}, missing)
    parameters = read_parameters(first, source.file) if first is not None else {}
    problems = [_about(problem, sides, environment) for problem in (*problems, *more)]
    if first is not None:  # otherwise what it would render is known from the template alone
        problems += _parameter_problems(sides, parameters, environment.name)
        if not on_mocks:
            problems += _mocked_problems(sides, parameters, outputs, environment.name)
    if not problems:
        revisions = compute_revisions(sides.template, parameters, pseudo_parameters(environment))
        # revisions are digests of everything else, so what has them is rendered a second time
        first = source.render({**context, "revisions": revisions}, missing)
        samconfig = table.render({**context, "revisions": revisions}, missing)
        parameters = read_parameters(first, source.file)
        _accept_samconfig(samconfig, table.file, environment.name)
        problems += revision_problems(sides.template, parameters, revisions)
    rendering = Rendering(
        environment.name,
        parameters,
        revisions,
        (first or "").encode(),
        (samconfig or "").encode(),
    )
    return rendering, problems


def _context(
    sides: Sides,
    environment: Environment,
    outputs: Mapping[str, Mapping[str, Any]],
    release: ReleaseContext,
) -> tuple[dict[str, Any], set[tuple[str, ...]]]:
    """What the templates see, and which outputs of it cannot be had."""
    readable: dict[str, dict[str, Any]] = {}
    missing: set[tuple[str, ...]] = set()
    for read in (read for source in sides.sources for read in source.reads):
        if read.path[0] == "outputs":
            _, unit, name = read.path[:3]
            value = outputs.get(unit, {}).get(name)
            readable.setdefault(unit, {})[name] = value
            if is_empty(value):
                missing.add((unit, name))
    # attributes, for of a dict Jinja2 would take its methods: an output may be called items
    units = {unit: SimpleNamespace(**values) for unit, values in readable.items()}
    context: dict[str, Any] = {
        "outputs": SimpleNamespace(**units),
        "environment": environment,
        "release": {name: getattr(release, name) for name in RELEASE_NAMES},
        "templates": {
            "parameters": sides.parameters.digest,
            "samconfig": sides.samconfig.digest,
        },
    }
    return context, missing


def _parameter_problems(sides: Sides, parameters: Mapping[str, str], env: str) -> Iterator[Problem]:
    file = sides.parameters.file
    lines = {name: sides.lines.get(name, 1) for name in parameters}
    yield from name_problems(sides.template, lines, file)
    yield from rendered_problems(sides.template, parameters, sides.lines, file, env)


def _mocked_problems(
    sides: Sides,
    parameters: Mapping[str, str],
    outputs: Mapping[str, Mapping[str, Any]],
    env: str,
) -> Iterator[Problem]:
    """Parameters with a mock's mark that no output of theirs has: of those it is told already."""
    told = {
        value.line
        for value in sides.parameters.values
        for path in value.paths
        if path[0] == "outputs"
        and len(path) > ROOTS["outputs"]
        and any(mock_problems(outputs.get(path[1], {}).get(path[2])))
    }
    for name, value in parameters.items():
        line = sides.lines.get(name, 1)
        parameter = sides.template.parameters.get(name)
        if line not in told and (marker := MOCK_MARKER.search(value)):
            what = f"parameter {name} of {env} has {marker[0]} in it, the mark of a mock"
            where = Place(sides.parameters.file, line)
            other = Place(sides.template.file, parameter.line) if parameter else None
            remedy = "take the mark out of the template or the setting"
            yield Problem(Kind.OUTPUT_MOCKED, where, what, other, remedy)


def _about(problem: Problem, sides: Sides, environment: Environment) -> Problem:
    """Say whose value it is that cannot be written, and which parameter it is for."""
    names = {Place(sides.parameters.file, line): name for name, line in sides.lines.items()}
    name = names.get(problem.where) if problem.where else None
    parameter = sides.template.parameters.get(name or "")
    return replace(
        problem,
        what=f"{name or 'a value'} of {environment.name}: {problem.what}",
        other=Place(sides.template.file, parameter.line) if parameter else None,
    )


def _accept_samconfig(text: str, file: str, env: str) -> None:
    """Read the rendered samconfig.toml back before it is taken for one."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateSourceError(f"{file}: renders no TOML: {error}") from error
    if set(document) != {"version", env}:
        raise TemplateSourceError(
            f"{file}: renders {', '.join(sorted(document))}, but only version and the tables of "
            f"{env} belong in it"
        )
    tables = _command_tables(document[env])
    overrides = f"file://parameters/{env}.yaml"  # the file that is written beside it
    for command, table in tables.items():
        said = table.get("parameter_overrides", overrides)
        if said != overrides:
            raise TemplateSourceError(
                f"{file}: parameter_overrides of {command} is {shown(said)}, not {overrides}"
            )
    deployed = {**tables.get("global", {}), **tables.get("deploy", {})}
    if lacking := [key for key in _DEPLOY_KEYS if not deployed.get(key)]:
        raise TemplateSourceError(f"{file}: deploy has no {', '.join(lacking)}")


def _command_tables(tables: object) -> dict[str, dict[str, Any]]:
    """SAM's command → its parameters."""
    commands = tables.items() if isinstance(tables, dict) else ()
    found = {name: table.get("parameters") for name, table in commands if isinstance(table, dict)}
    return {name: table for name, table in found.items() if isinstance(table, dict)}
