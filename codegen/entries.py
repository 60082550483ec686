"""YAML files that are a list of entries, such as those in policies/: read strictly, with lines."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from codegen import strict_yaml
from codegen.errors import SettingsError
from codegen.place import Place
from codegen.reading import read_text, reason
from codegen.shown import shorten
from codegen.strict_yaml import Key

Entry = TypeVar("Entry", bound=BaseModel)
Lines = dict[Key, int]


def load_entries(root: Path, file: Path, model: type[Entry]) -> list[Entry]:
    """Read a file of entries; an empty file has none.

    Parameters
    ----------
    root, file:
        The checkout or unpacked release, and the file's path in it, as messages name it.
    model:
        What an entry is. A field's description says what is allowed, as a phrase.

    Raises
    ------
    FileNotFoundError
        It is missing.
    SettingsError
        It cannot be read, is no YAML, or an entry is not right; has every problem with its line.
    """
    try:
        text = read_text(root / file)
        values, lines = strict_yaml.load_with_lines(text, strict_yaml.SettingsLoader)
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise _error(file, 1, f"cannot be read: {reason(error)}", model) from error
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        said = strict_yaml.explain(file, error).removeprefix(f"{file}:{line}: ")
        raise _error(file, line, said.removeprefix(f"{file}: "), model) from error
    if not isinstance(values, list):
        if values is None:
            return []
        raise _error(file, 1, "must be a list of entries, each begun with `- `", model)
    return _entries(values, lines, file, model)


def _entries(values: list[Any], lines: Lines, file: Path, model: type[Entry]) -> list[Entry]:
    entries, problems = [], []
    for number, value in enumerate(values):
        line = lines.get((number,), 1)
        if not isinstance(value, dict):
            said = f"entry {number + 1} is {_quoted(value)}, not a mapping"
            problems.append(_error(file, line, said, model))
            continue
        try:
            entries.append(model.model_validate(value))
        except ValidationError as error:
            for key, said in _problems(error, model):
                at = lines.get((number, key), line)
                problems.append(_error(file, at, f"entry {number + 1}: {said}", model))
    if len(problems) == 1:
        raise problems[0]
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        message = f"{file} has {len(problems)} problems:\n{listed}"
        raise SettingsError(message, problems[0].remedy, problems)
    return entries


def _problems(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The key that each problem is about, and what is wrong."""
    for found in error.errors():
        key = str(found["loc"][0]) if found["loc"] else ""
        if found["type"] == "missing":
            yield key, f"{key} is missing"
        elif found["type"] == "extra_forbidden":
            close = difflib.get_close_matches(key, model.model_fields, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are: {_keys(model)}"
            yield key, f"unknown key {shorten(key)}; {hint}"
        else:
            field = model.model_fields.get(key)
            allowed = (field.description if field else None) or found["msg"]
            yield key, f"{key} must be {allowed}, and is {_quoted(found['input'])}"


def _error(file: Path, line: int, said: str, model: type[BaseModel]) -> SettingsError:
    place = Place(str(file), line)
    remedy = f"correct {file}; an entry has: {_keys(model)}"
    return SettingsError(f"{place}: {said}", remedy).at(place)


def _keys(model: type[BaseModel]) -> str:
    return ", ".join(
        name if field.is_required() else f"{name} (optional)"
        for name, field in model.model_fields.items()
    )


def _quoted(value: object) -> str:
    return shorten(json.dumps(value, ensure_ascii=False, default=str))
