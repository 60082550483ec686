"""One environment's files, rendered from values that somebody else found, and judged."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codegen.contract.outputs import is_empty
from codegen.contract.parameters import name_problems, rendered_problems
from codegen.jinja.templates import TemplateSourceError, render_all
from codegen.jinja.unavailable import UNAVAILABLE
from codegen.problems import Place, Problem
from codegen.sam.parameters_file import read_parameters
from codegen.sam.revisions import UNSET, compute_revisions, revision_keys
from codegen.settings.environment import Environment
from codegen.sides import RELEASE_NAMES, Sides


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
) -> tuple[Rendering, list[Problem]]:
    """Render an environment's files, and judge every parameter's value.

    An output that is not there, or is empty, does not stop it: whatever is made of it is judged no
    further. So one missing thing hides no other.

    Parameters
    ----------
    outputs:
        Unit → output → value.

    Raises
    ------
    TemplateSourceError
        What a template renders is no YAML or TOML, or not of the form it must have.
    TemplateError
        A revision cannot be worked out.
    """
    context = _context(sides, environment, outputs, release)
    unset = {**context, "revisions": dict.fromkeys(revision_keys(sides.template), UNSET)}
    source = sides.parameters
    first, problems = render_all(source, unset)
    samconfig, more = render_all(sides.samconfig, unset)
    parameters = read_parameters(first, source.file)
    problems = [_about(problem, sides, environment) for problem in (*problems, *more)]
    problems += name_problems(
        sides.template, {name: sides.lines.get(name, 1) for name in parameters}, source.file
    )
    problems += rendered_problems(
        sides.template, parameters, sides.lines, source.file, environment.name
    )
    if problems:
        revisions = unset["revisions"]
    else:
        revisions = _revisions(sides, environment, parameters)
        # revisions are digests of everything else, so what has them is rendered a second time
        first = source.render({**context, "revisions": revisions})
        samconfig = sides.samconfig.render({**context, "revisions": revisions})
        parameters = read_parameters(first, source.file)
        _accept_samconfig(samconfig, sides.samconfig.file, environment.name)
    rendering = Rendering(
        environment.name, parameters, revisions, first.encode(), samconfig.encode()
    )
    return rendering, problems


def _context(
    sides: Sides,
    environment: Environment,
    outputs: Mapping[str, Mapping[str, Any]],
    release: ReleaseContext,
) -> dict[str, Any]:
    """What the templates see. An output that cannot be had is a mark that no check looks into."""
    readable: dict[str, dict[str, Any]] = {}
    for read in (read for source in sides.sources for read in source.reads):
        if read.path[0] == "outputs":
            _, unit, name = read.path[:3]
            value = outputs.get(unit, {}).get(name)
            readable.setdefault(unit, {})[name] = UNAVAILABLE if is_empty(value) else value
    return {
        "outputs": readable,
        "environment": environment,
        "release": {name: getattr(release, name) for name in RELEASE_NAMES},
        "templates": {
            "parameters": sides.parameters.digest,
            "samconfig": sides.samconfig.digest,
        },
    }


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


def _revisions(
    sides: Sides, environment: Environment, parameters: Mapping[str, str]
) -> dict[str, str]:
    pseudo = {
        "AWS::AccountId": environment.account_id,
        "AWS::Region": environment.region,
        "AWS::StackName": environment.stack_name,
    }
    return compute_revisions(sides.template, parameters, pseudo)


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
