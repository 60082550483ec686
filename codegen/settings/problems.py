"""What is wrong with settings, in words: which file and line, which key, what is allowed."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from codegen.errors import SettingsError
from codegen.place import Place
from codegen.settings.environment import Environment
from codegen.settings.file import REMEDY, SettingsFile
from codegen.settings.setting import Section, about, nested
from codegen.strict_yaml import Key

# What an environment's own file cannot say: its folder and the project say it.
NOT_IN_ENV = {
    "name": "the folder's name is the environment's",
    "project": "live/project.yaml says it",
}
# Where the project says what is no default of a section.
_IN_PROJECT: dict[Key, Key] = {("project",): ("name",), ("region",): ("region",)}


@dataclass(frozen=True)
class Problem:
    """Something that a key says and must not, or should say and does not."""

    key: Key
    reason: str


def sections() -> dict[str, type[Section]]:
    """The sections there are, by name."""
    found = ((name, nested(field)) for name, field in Environment.model_fields.items())
    return {name: section for name, section in found if section is not None}


def refuse(problems: Iterable[SettingsError], whose: str) -> None:
    """Raise all problems at once; none is no problem.

    Parameters
    ----------
    problems:
        Each with its place, as `placed` words it.
    whose:
        The file or environment that has them.

    Raises
    ------
    SettingsError
        There is at least one.
    """
    if found := list(problems):
        raise refusal(found, whose)


def refusal(problems: list[SettingsError], whose: str) -> SettingsError:
    """The error that says one problem, or several."""
    if len(problems) == 1:
        return problems[0]
    listed = "\n".join(f"  - {problem}" for problem in problems)
    message = f"{whose} has {len(problems)} problems:\n{listed}"
    return SettingsError(message, REMEDY, problems)


def placed(problem: Problem, own: SettingsFile, project: SettingsFile) -> SettingsError:
    """Say a problem of an environment, with the file and line that it comes from."""
    # one level deep, as the merge: what env.yaml says of a key replaces all of its default
    if problem.key[:2] not in own.lines:
        default = _IN_PROJECT.get(problem.key, ("defaults", *problem.key))
        if default[:3] in project.lines or problem.key in _IN_PROJECT:
            return worded(Problem(default, problem.reason), project)
    return worded(problem, own)


def worded(problem: Problem, file: SettingsFile) -> SettingsError:
    """Say a problem of one file."""
    place = file.place(problem.key)
    line = place.removeprefix(f"{file.path}:")
    where = Place(str(file.path), int(line) if line.isdecimal() else 1)
    return SettingsError(f"{place}: {dotted(problem.key)}: {problem.reason}", REMEDY).at(where)


def dotted(key: Key) -> str:
    """A key as people write it: network.cidr."""
    return ".".join(part for part in key if isinstance(part, str))


def invalid(error: ValidationError) -> Iterator[Problem]:
    """What the models refused, key by key."""
    for found in error.errors():
        key = found["loc"]
        if found["type"] == "extra_forbidden":
            yield unknown("key", key, set(_fields(key[:-1])) - set(NOT_IN_ENV))
        elif found["type"] == "missing":
            yield Problem(key, "missing")
        else:
            yield Problem(key, f"{_reason(found['type'], found['msg'], key)}{_says(found)}")


def unknown(noun: str, key: Key, known: Iterable[str]) -> Problem:
    """A key or section that is not known, with the nearest that is."""
    names = sorted(known)
    close = difflib.get_close_matches(str(key[-1]), names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"
    return Problem(key, f"unknown {noun}; {hint}")


def _reason(kind: str, message: str, key: Key) -> str:
    if kind == "value_error":  # raised by a check of our own, which says what is allowed itself
        return message.removeprefix("Value error, ")
    field = _field(key)
    return f"allowed: {about(field).allowed}" if field else message


def _says(found: Any) -> str:
    said = found["input"]
    if isinstance(said, str) and said.startswith("http"):  # a webhook's address is its secret
        return ""
    return f" (it says {json.dumps(said, ensure_ascii=False, default=str)})"


def _field(key: Key) -> FieldInfo | None:
    names = [part for part in key if isinstance(part, str)]
    return _fields(tuple(names[:-1])).get(names[-1]) if names else None


def _fields(key: Key) -> dict[str, FieldInfo]:
    model: type[Section] | None = Environment
    for part in key:
        field = model.model_fields.get(str(part)) if model else None
        model = nested(field) if field else None
    return model.model_fields if model else {}
