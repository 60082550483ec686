"""Reads live/project.yaml and live/<env>/env.yaml.

The same merge happens in terragrunt.hcl: the project's `defaults`, section by section, then what
the environment says. Reading is strict: an unknown key, a wrong type, an impossible value or a
wrong combination is refused here, before any tool is started.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from codegen.errors import SettingsError, UsageError
from codegen.place import Place
from codegen.settings.combinations import PAIR_RULES, RULES
from codegen.settings.environment import Environment
from codegen.settings.file import REMEDY, SettingsFile, read
from codegen.settings.layout import CACHES, layout_problems
from codegen.settings.problems import (
    NOT_IN_ENV,
    Problem,
    invalid,
    placed,
    refusal,
    refuse,
    sections,
    unknown,
    worded,
)

# What samconfig.toml says beside the environments' tables: no environment can be called so.
RESERVED = ("version", "default")
PROJECT_KEYS = {"name", "region", "defaults"}
# What each environment says for itself, and no default can.
NOT_IN_DEFAULTS = {("network", "cidr"): "each environment has its own, in its env.yaml"}


def environment_names(live: Path) -> list[str]:
    """The environments there are, each a folder of `live` with an env.yaml, sorted by name."""
    names = (file.parent.name for file in live.glob("*/env.yaml"))
    return sorted(name for name in names if name not in CACHES)


def load_environment(live: Path, name: str) -> Environment:
    """Read one environment.

    Parameters
    ----------
    live:
        The folder that holds project.yaml and the environments' folders.
    name:
        The environment, which is the name of its folder.

    Raises
    ------
    UsageError
        There is no such environment; names those there are, the nearest first.
    SettingsError
        A file is missing, no YAML, or says something that is not allowed, alone or together.
    """
    names = environment_names(live)
    if name not in names:
        inside = [each for each in layout_problems(live) if _is_in(live / name, each)]
        if inside:
            raise refusal(inside, f"the environment {name}")
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"
        raise UsageError(f"there is no environment {name!r} in {live}", hint)
    return load_merged(live, name, names, load_project(live))


def _is_in(folder: Path, problem: SettingsError) -> bool:
    return problem.where is not None and Path(problem.where.file).is_relative_to(folder)


def load_project(live: Path) -> SettingsFile:
    """Read live/project.yaml, which has a default for every key of every section.

    Raises
    ------
    SettingsError
        It is missing, no YAML, lacks a section or a key, or has one that is not known.
    """
    file = read(live / "project.yaml")
    refuse((worded(problem, file) for problem in _project_problems(file)), str(file.path))
    return file


def load_all(live: Path) -> list[Environment]:
    """Read every environment, in the order in which a release reaches them.

    Raises
    ------
    SettingsError
        As `load_environment`, with all that is wrong in any of them; also where something in live/
        is neither an environment nor a unit (codegen.settings.layout), where `promoted_from`
        goes in a circle, or two environments share an account or a profile, or their networks
        overlap.
    """
    names, errors = environment_names(live), layout_problems(live)
    try:
        project = load_project(live)
    except SettingsError as error:
        raise refusal([*errors, *error.parts], str(live)) from error
    found: dict[str, Environment] = {}
    for name in names:
        try:
            found[name] = load_merged(live, name, names, project)
        except SettingsError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    # what project.yaml says wrongly is wrong in every environment, and told once
    parts = {str(part): part for error in errors for part in error.parts}
    refuse(parts.values(), str(live))
    if not names:
        raise SettingsError(f"{live} has no environment: no folder in it has an env.yaml", REMEDY)
    refuse(_between(live, found.values()), str(live))
    return [found[name] for name in _promotion_order(found)]


def _between(live: Path, environments: Iterable[Environment]) -> Iterator[SettingsError]:
    """What two environments may not have in common, at the line of the second."""
    for one, other in combinations(environments, 2):
        for rule in PAIR_RULES:
            for problem in rule(one, other):
                file = read(live / other.name / "env.yaml")  # once more, for its lines
                yield SettingsError(
                    f"{live}/{one.name}/env.yaml and {file.path} {problem.reason}", REMEDY
                ).at(Place(str(file.path), file.lines.get(problem.key, 1)))


def load_merged(
    live: Path,
    name: str,
    names: list[str],
    project: SettingsFile,
    of_interest: Callable[[SettingsFile], SettingsFile] = lambda own: own,
) -> Environment:
    """Put what an environment says over a project's defaults, and judge the whole.

    Parameters
    ----------
    names:
        The environments there are.
    of_interest:
        What is looked at of env.yaml.

    Raises
    ------
    SettingsError
        As `load_environment`.
    """
    own = of_interest(read(live / name / "env.yaml"))
    refuse((worded(problem, own) for problem in _out_of_place(own)), str(own.path))
    try:
        environment = Environment.model_validate(_merge(name, project.values, own.values))
    except ValidationError as error:
        problems = [placed(problem, own, project) for problem in invalid(error)]
        raise refusal(problems, f"the environment {name}") from error
    wrong = [problem for rule in RULES for problem in rule(environment)]
    if environment.promoted_from not in (None, *names):
        said = f"no environment {environment.promoted_from!r}; there are: {', '.join(names)}"
        if (live / str(environment.promoted_from)).is_dir():
            said = f"{live / str(environment.promoted_from)} has no env.yaml"
        wrong.append(Problem(("promoted_from",), said))
    # defaults that are right elsewhere are wrong here: it is this environment that must say so
    refuse((worded(problem, own) for problem in wrong), f"the environment {name}")
    return environment


def _merge(name: str, project: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """As terragrunt.hcl: `{for s, v in defaults: s => merge(v, lookup(env, s, {}))}`."""
    merged = {
        section: {**values, **(own.get(section) or {})}
        for section, values in project["defaults"].items()
    }
    return {
        **own,
        **merged,
        "name": name,
        "project": project.get("name"),
        "region": own.get("region", project.get("region")),
    }


def _promotion_order(found: dict[str, Environment]) -> list[str]:
    depth: dict[str, int] = {}
    for name in found:
        chain = [name]
        while (below := found[chain[-1]].promoted_from) is not None:
            if below in chain:
                raise SettingsError(
                    f"promoted_from goes in a circle: {' → '.join(chain)} → {below}"
                )
            chain.append(below)
        depth[name] = len(chain)
    return sorted(found, key=lambda name: (depth[name], name))


def _out_of_place(own: SettingsFile) -> Iterator[Problem]:
    if own.path.parent.name in RESERVED:
        yield Problem(("name",), f"samconfig.toml has its own {own.path.parent.name}")
    for key, why in NOT_IN_ENV.items():
        if key in own.values:
            yield Problem((key,), f"not here, {why}")
    for section in sections():
        value = own.values.get(section)
        if value is not None and not isinstance(value, dict):
            yield Problem((section,), _no_section(value))


def _project_problems(file: SettingsFile) -> Iterator[Problem]:
    for key in sorted(file.values.keys() - PROJECT_KEYS):
        yield unknown("key", (key,), PROJECT_KEYS)
    for key in sorted(PROJECT_KEYS - file.values.keys()):
        yield Problem((key,), "missing")
    defaults = file.values.get("defaults", {})
    if not isinstance(defaults, dict):
        yield Problem(("defaults",), _no_section(defaults))
    elif "defaults" in file.values:
        yield from _sections_problems(defaults)


def _sections_problems(defaults: dict[str, Any]) -> Iterator[Problem]:
    for key in sorted(defaults.keys() - sections().keys()):
        yield unknown("section", ("defaults", key), sections())
    # Terragrunt's merge goes over these sections and no others, so all must be here
    for section, model in sections().items():
        if section not in defaults:
            yield Problem(("defaults", section), "missing")
        elif not isinstance(defaults[section], dict):
            yield Problem(("defaults", section), _no_section(defaults[section]))
        else:
            yield from _default_problems(section, set(model.model_fields), set(defaults[section]))


def _default_problems(section: str, known: set[str], said: set[str]) -> Iterator[Problem]:
    elsewhere = {key for owner, key in NOT_IN_DEFAULTS if owner == section}
    for key in sorted(said - known):
        yield unknown("key", ("defaults", section, key), known - elsewhere)
    for key in sorted(said & elsewhere):
        yield Problem(("defaults", section, key), f"not here, {NOT_IN_DEFAULTS[section, key]}")
    for key in sorted(known - said - elsewhere):
        yield Problem(("defaults", section, key), "missing")


def _no_section(value: object) -> str:
    return f"a mapping of settings belongs here, not {json.dumps(value, default=str)}"
