"""What is wrong with a field, in words for the client's developer; never what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from desk.api.fields import TEXT, TEXT_IN_WORDS

VALUE_ERROR = "Value error, "  # what pydantic puts before a validator's own words


def message(error: Mapping[str, Any]) -> str:
    """What is meant where this validation error was found.

    Parameters
    ----------
    error:
        As pydantic tells it; one that we found ourselves has no `type`.
    """
    if error["loc"][0] in ("query", "header") and isinstance(error.get("input"), list):
        return "this is meant once"
    words = _MESSAGES.get(error.get("type", ""))
    return words(error.get("ctx", {})) if words else str(error["msg"]).removeprefix(VALUE_ERROR)


def _pattern(context: Mapping[str, Any]) -> str:
    if context["pattern"] == TEXT:
        return TEXT_IN_WORDS
    return f"what matches {context['pattern']} is meant"


def _number(bound: str, unit: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    def words(context: Mapping[str, Any]) -> str:
        number = context[name]
        verb = f"{unit} is" if number == 1 else f"{unit}s are"
        return f"{bound} {number} {verb} meant"

    return words


_MESSAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "this is missing",
    "extra_forbidden": lambda _: "there is no such field",
    "string_type": lambda _: "a text is meant",
    "list_type": lambda _: "a list is meant",
    "dict_type": lambda _: "an object is meant",
    "model_attributes_type": lambda _: "an object is meant",
    "model_type": lambda _: "an object is meant",
    "enum": lambda context: f"one of these is meant: {context['expected']}",
    "string_pattern_mismatch": _pattern,
    "string_too_short": _number("at least", "character", "min_length"),
    "string_too_long": _number("at most", "character", "max_length"),
    "too_short": _number("at least", "item", "min_length"),
    "too_long": _number("at most", "item", "max_length"),
    "greater_than_equal": lambda context: f"at least {context['ge']} is meant",
    "less_than_equal": lambda context: f"at most {context['le']} is meant",
}
