"""Which records a filter lets through: EventBridge's patterns, as far as the template uses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def matches(record: Mapping[str, Any], pattern: Mapping[str, Any]) -> bool:
    """Whether the record has all that the pattern asks for.

    Raises
    ------
    NotImplementedError
        The pattern asks in a way that is not known here: better none than a wrong answer.
    """
    return all(_field(record.get(name), wanted) for name, wanted in pattern.items())


def _field(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and matches(value, wanted)
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return any(_one(value, each) for each in wanted)
    raise NotImplementedError(f"a pattern's leaf is a list, and not {wanted!r}")


def _one(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return bool(value == wanted)
    if set(wanted) != {"prefix"}:
        raise NotImplementedError(f"only prefixes are known here, and not {wanted!r}")
    return isinstance(value, str) and value.startswith(wanted["prefix"])
