"""Outputs from a JSON document instead of the states: `{unit: {output: value}}`.

An output may also be written as `terraform output -json` prints it, `{"sensitive": false, "type":
"string", "value": …}`; a sensitive one is then known as such, as it is in a state.
"""

from __future__ import annotations

import errno
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.errors import UsageError
from codegen.reading import LARGEST
from codegen.sources.numbers import number_problem
from codegen.sources.state import StateOutputs
from codegen.strict_yaml import LONGEST_NUMBER

_SHAPE = 'give a JSON document: {"data": {"table_name": "desk-dev-tickets", …}, …}'
_OF_TERRAFORM = {"sensitive", "type", "value"}
_SPACE = re.compile(r"[ \t\n\r]*")


class _UnacceptableError(ValueError):
    """What is wrong with a value; where it stands is known further out."""


def outputs_from_document(source: str) -> StateOutputs:
    """Take outputs from a JSON document instead of the states.

    Parameters
    ----------
    source:
        A file's path, or `-` for standard input.

    Raises
    ------
    UsageError
        There is no such file, or it holds something else; says the line and column.
    """
    name = "standard input" if source == "-" else source
    try:
        content = _read(source)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}", _SHAPE) from error
    try:
        return parse_document(content.decode("utf-8-sig"), name)  # PowerShell writes a mark
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: byte {error.start} is not UTF-8", _SHAPE) from error
    except RecursionError as error:
        raise UsageError(f"{name}: too many brackets inside each other", _SHAPE) from error


def _read(source: str) -> bytes:
    if source != "-":
        with Path(source).open("rb") as file:  # a pipe is welcome here: --outputs <(…)
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise OSError(errno.EFBIG, f"larger than {LARGEST / 1024 / 1024:g} MiB", source)
        return content
    if sys.stdin is None:
        raise UsageError("standard input is closed", "--outputs FILE, or a pipe to --outputs -")
    return sys.stdin.buffer.read()


def parse_document(text: str, name: str) -> StateOutputs:
    """Read a document.

    Parameters
    ----------
    name:
        What messages call it.

    Raises
    ------
    UsageError
        It is no JSON, holds something else than outputs by unit, a key twice, or a number that is
        none. Says the line and column.
    """
    _check_syntax(text, name)
    start = _skip(text, 0)
    if text[start] != "{":
        raise _refused(text, start, name, "the document is no mapping of units")
    values: dict[str, dict[str, Any]] = {}
    sensitive: dict[str, list[str]] = {}
    for unit in _members(text, start, name):
        if text[unit.value_at] != "{":
            raise _refused(text, unit.value_at, name, f"unit {unit.key} is no mapping of outputs")
        values[unit.key], sensitive[unit.key] = {}, []
        for output in _members(text, unit.value_at, name):
            value = _value(text, output, name, f"{unit.key}.{output.key}")
            if isinstance(value, dict) and set(value) == _OF_TERRAFORM:
                if value["sensitive"] is not False:
                    sensitive[unit.key].append(output.key)
                    continue
                value = value["value"]
            values[unit.key][output.key] = value
    return StateOutputs(values=values, sensitive=sensitive, serials={}, lineages={})


def _check_syntax(text: str, name: str) -> None:
    try:
        # numbers as text: whatever they are, they are judged where it is known whose they are
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise _refused(text, error.pos, name, f"no JSON: {error.msg}") from error


@dataclass(frozen=True)
class _Member:
    """A member of a JSON object, and where its key and its value begin in the text."""

    key: str
    at: int
    value_at: int


def _members(text: str, start: int, name: str) -> Iterator[_Member]:
    """The members of the object that begins at `start`; the text is known to be JSON."""
    seen: dict[str, int] = {}
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        member = _Member(key, at, _skip(text, _skip(text, end) + 1))
        if key in seen:
            first = _place(text, seen[key])
            raise _refused(text, at, name, f"key {key!r} is there twice, first in {first}")
        seen[key] = at
        yield member
        at = _skip(text, _LENIENT.raw_decode(text, member.value_at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, member: _Member, name: str, output: str) -> Any:
    try:
        value = _DECODER.raw_decode(text, member.value_at)[0]
    except _UnacceptableError as error:
        raise _refused(text, member.value_at, name, f"output {output} {error}") from error
    if problem := number_problem(value):
        raise _refused(text, member.value_at, name, f"output {output} {problem}")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _UnacceptableError(f"holds the key {twice!r} twice")
    return value


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _UnacceptableError(f"is or holds a number of {len(digits)} digits")
    return int(digits)


def _constant(name: str) -> float:
    raise _UnacceptableError(f"is or holds {name}, which is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_constant=_constant)
_LENIENT = json.JSONDecoder(parse_int=str, parse_float=str)  # to find a value's end


def _refused(text: str, at: int, name: str, what: str) -> UsageError:
    return UsageError(f"{name}: {_place(text, at)}: {what}", _SHAPE)


def _place(text: str, at: int) -> str:
    before = text[:at]
    return f"line {before.count(chr(10)) + 1}, column {at - before.rfind(chr(10))}"
