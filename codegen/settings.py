"""The settings of the project and its environments: live/project.yaml and live/<env>/env.yaml.

The same merge happens in terragrunt.hcl: the project's `defaults`, section by section, then what
the environment says. Reading is strict: an unknown key, a wrong type or an impossible value is
refused here, before any tool is started.
"""

from __future__ import annotations

import difflib
import ipaddress
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from codegen import strict_yaml
from codegen.environment import RETENTION_DAYS, Environment, Section
from codegen.errors import SettingsError, UsageError

__all__ = [
    "RETENTION_DAYS",
    "Environment",
    "environment_names",
    "load_all",
    "load_environment",
]

# What an environment's own file cannot say: its folder and the project say it.
NOT_IN_ENV = {
    "name": "the folder's name is the environment's",
    "project": "live/project.yaml says it",
}
_REMEDY = "docs/settings.md says what each key may be"
PROJECT_KEYS = {"name", "region", "defaults"}


def environment_names(live: Path) -> list[str]:
    """The environments there are, each a folder of `live` with an env.yaml, sorted by name."""
    return sorted(file.parent.name for file in live.glob("*/env.yaml"))


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
        A file is missing, no YAML, or says something that is not allowed.
    """
    names = environment_names(live)
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"
        raise UsageError(f"there is no environment {name!r} in {live}", hint)
    file = live / name / "env.yaml"
    project, own = _read_project(live / "project.yaml"), _read(file)
    _refuse(file, [f"{key}: not here, {why}" for key, why in NOT_IN_ENV.items() if key in own])
    _refuse(file, _not_mappings(own))
    try:
        environment = Environment.model_validate(_merge(name, project, own))
    except ValidationError as error:
        raise SettingsError(_explain(file, error), _REMEDY) from error
    if environment.promoted_from is not None and environment.promoted_from not in names:
        raise SettingsError(
            f"{file}: promoted_from names no environment: {environment.promoted_from!r}",
            f"there are: {', '.join(names)}",
        )
    return environment


def load_all(live: Path) -> list[Environment]:
    """Read every environment, in the order in which a release reaches them.

    Raises
    ------
    SettingsError
        As `load_environment`; also where `promoted_from` goes in a circle, or two environments
        share an account or a profile, or their networks overlap.
    """
    found = {name: load_environment(live, name) for name in environment_names(live)}
    for one, other in combinations(found.values(), 2):
        both = f"live/{one.name}/env.yaml and live/{other.name}/env.yaml"
        for fact in ("account_id", "aws_profile"):
            if getattr(one, fact) == getattr(other, fact):
                raise SettingsError(
                    f"{both} both say {fact}: {getattr(one, fact)}",
                    "each environment has an account and a profile of its own",
                )
        mine, theirs = one.network.cidr, other.network.cidr
        if ipaddress.IPv4Network(mine).overlaps(ipaddress.IPv4Network(theirs)):
            raise SettingsError(
                f"{both} have networks that overlap: {mine} and {theirs}",
                "give each its own range, or they can never be peered",
            )
    return [found[name] for name in _promotion_order(found)]


def _merge(name: str, project: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """As terragrunt.hcl: `{for s, v in defaults: s => merge(v, lookup(env, s, {}))}`."""
    sections = {
        section: {**values, **(own.get(section) or {})}
        for section, values in project["defaults"].items()
    }
    return {
        **own,
        **sections,
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


def _read(file: Path) -> dict[str, Any]:
    try:
        document = strict_yaml.load(file.read_text("utf-8"), strict_yaml.SettingsLoader)
    except FileNotFoundError as error:
        raise SettingsError(f"{file} is missing") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is not UTF-8: {error}") from error
    except yaml.YAMLError as error:
        raise SettingsError(strict_yaml.explain(file, error)) from error
    if not isinstance(document, dict):
        raise SettingsError(f"{file} holds no mapping of settings")
    return document


def _read_project(file: Path) -> dict[str, Any]:
    project = _read(file)
    problems = [
        f"{key}: unknown key{_did_you_mean(str(key), PROJECT_KEYS)}"
        for key in project
        if key not in PROJECT_KEYS
    ]
    defaults = project.get("defaults") or {}
    if not isinstance(defaults, dict):
        raise SettingsError(f"{file}: defaults holds no mapping of sections")
    # Terragrunt's merge goes over these sections and no others, so all must be here
    sections = set(_sections())
    problems += [
        f"defaults.{key}: unknown section{_did_you_mean(str(key), sections)}"
        for key in defaults
        if key not in sections
    ]
    problems += [f"defaults.{key}: missing" for key in sorted(sections - set(defaults))]
    problems += [f"defaults.{problem}" for problem in _not_mappings(defaults, optional=False)]
    _refuse(file, problems)
    return {**project, "defaults": defaults}


def _sections() -> list[str]:
    fields = Environment.model_fields.items()
    return [
        n for n, f in fields if isinstance(f.annotation, type) and issubclass(f.annotation, Section)
    ]


def _not_mappings(document: dict[str, Any], optional: bool = True) -> list[str]:
    return [
        f"{section}: a section is a mapping of settings, not {document[section]!r}"
        for section in _sections()
        if section in document
        and not isinstance(document[section], dict)
        and not (optional and document[section] is None)
    ]


def _refuse(file: Path, problems: list[str]) -> None:
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise SettingsError(f"{file}:\n{listed}", _REMEDY)


def _explain(file: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{where}: unknown key{_nearest(problem['loc'])}")
        elif problem["type"] == "missing":
            lines.append(f"{where}: missing")
        elif not where:  # a check of the whole environment names its key itself
            lines.append(problem["msg"].removeprefix("Value error, "))
        else:
            said = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{where}: {said} (it says {problem['input']!r})")
    return f"{file}:\n" + "\n".join(f"  - {line}" for line in lines)


def _nearest(location: tuple[int | str, ...]) -> str:
    model: Any = Environment
    for part in location[:-1]:
        model = model.model_fields[part].annotation
    if not issubclass(model, BaseModel):
        return ""
    return _did_you_mean(str(location[-1]), set(model.model_fields) - set(NOT_IN_ENV))


def _did_you_mean(word: str, known: set[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are: {', '.join(sorted(known))}"
