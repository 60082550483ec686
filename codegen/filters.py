"""The filters through which every value enters a rendered file.

Both write ASCII only: SAM reads its files in the machine's own encoding, and escapes mean the same
in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml
from jinja2 import Undefined

from codegen import sam_text

# What a value becomes that is known to be missing; the parameter is then checked no further.
UNAVAILABLE = "\0unavailable\0"


class FilterError(ValueError):
    """A value has a type that the file cannot hold."""


def parameter_text(value: Any) -> str:
    """The text CloudFormation gets for a value.

    Numbers and booleans in JSON's spelling; a list as CloudFormation's list parameters want it,
    joined by commas.

    Raises
    ------
    FilterError
        It is none, a mapping, a list in a list, or a list whose item has a comma or outer spaces.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return ",".join(_item(item) for item in value)
    if isinstance(value, Mapping):
        raise FilterError("a map cannot be a parameter: use one of its members, or tojson")
    raise FilterError(f"{'null' if value is None else value!r} cannot be a parameter")


def _item(value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise FilterError(f"a list parameter holds texts and numbers, not {value!r}")
    text = parameter_text(value)
    if "," in text or text != text.strip() or not text:
        raise FilterError(f"{text!r} cannot be an item of a list parameter, which commas separate")
    return text


def yaml_filter(value: Any) -> str:
    """A value as SAM reads it from a parameters file: quoted YAML, on one line."""
    _defined(value)
    written = sam_text.encode(parameter_text(value))
    try:
        written.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FilterError(f"{written!r} is not Unicode text: {error.reason}") from error
    return yaml.dump(written, default_style='"', width=float("inf"), allow_unicode=False).rstrip(
        "\n"
    )


def toml_filter(value: Any) -> str:
    """A value in TOML: text, number, boolean or an array of these."""
    _defined(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return '"' + re.sub(r"[^ !#-\[\]-~]", _toml_escape, value) + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_filter(item) for item in value) + "]"
    raise FilterError(f"{'null' if value is None else value!r} cannot be a value here")


def _toml_escape(match: re.Match[str]) -> str:
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


FILTERS = {"yaml": yaml_filter, "toml": toml_filter, "comment": comment_filter}
