"""The filters through which every value enters a rendered file.

All write ASCII only: SAM reads its files in the machine's own encoding, and escapes mean the same
in all of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined

from codegen.jinja import quoting
from codegen.shown import shown


class FilterError(ValueError):
    """A value has a type that the file cannot hold."""


def parameter_text(value: Any) -> str:
    """The text CloudFormation gets for one value: numbers and booleans in JSON's spelling.

    Raises
    ------
    FilterError
        It is none, a list, a mapping, or no finite number.
    """
    _defined(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    if isinstance(value, list | tuple):
        raise FilterError(
            f"a list where one value is meant: {shown(value)}; a list parameter's value is written "
            "`| comma_list | yaml`"
        )
    if isinstance(value, Mapping):
        raise FilterError(
            f"a map where one value is meant: {shown(value)}; use one of its members, or tojson"
        )
    raise FilterError(f"{shown(value)} cannot be a parameter")


def comma_list_filter(value: Any) -> str:
    """A list as CloudFormation's list parameters take it: its items, joined by commas.

    Raises
    ------
    FilterError
        It is no list, or has no item; an item is no text or number, is empty, or has a comma or
        spaces around it, which would be lost.
    """
    _defined(value)
    if not isinstance(value, list | tuple):
        raise FilterError(f"{shown(value)} where a list is meant; one value is written `| yaml`")
    if not value:
        raise FilterError("an empty list where CloudFormation would read one empty text")
    return ",".join(_item(item) for item in value)


def _item(value: Any) -> str:
    _defined(value)
    if not isinstance(value, str | int | float):
        raise FilterError(f"a list parameter holds texts and numbers, not {shown(value)}")
    text = parameter_text(value)
    if "," in text or text != text.strip() or not text:
        raise FilterError(
            f"{shown(text)} cannot be an item of a list parameter, which commas separate"
        )
    return text


def yaml_filter(value: Any) -> str:
    """A value as SAM reads it from a parameters file: quoted YAML, on one line.

    Raises
    ------
    FilterError
        As `parameter_text`; also for half of a surrogate pair, which is no text.
    """
    return _quoted(quoting.encode(parameter_text(value)))


def toml_filter(value: Any) -> str:
    """A value in TOML: text, number, boolean or an array of these.

    Raises
    ------
    FilterError
        It is anything else, or half of a surrogate pair, which is no text.
    """
    _defined(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_filter(item) for item in value) + "]"
    raise FilterError(f"{shown(value)} cannot be a value here")


def _quoted(value: str) -> str:
    """A text in double quotes and ASCII, in the escapes that YAML and TOML share."""
    return '"' + re.sub(r"[^ !#-\[\]-~]", _escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise FilterError(f"{character!r} is not Unicode text: half of a surrogate pair")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def comment_filter(value: Any) -> str:
    """A value inside a comment: one line of printable ASCII."""
    _defined(value)
    return re.sub(r"[^ -~]", "?", str(value))


def _defined(value: Any) -> None:
    if isinstance(value, Undefined):
        str(value)  # a strict undefined says which name it is


FILTERS = {
    "yaml": yaml_filter,
    "comma_list": comma_list_filter,
    "toml": toml_filter,
    "comment": comment_filter,
}
