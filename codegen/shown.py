"""How messages show values, of whatever size."""

from __future__ import annotations

LONGEST = 80  # characters of a value in a message


def shorten(text: str) -> str:
    """A text of any length, as messages show it: its beginning, and how long it is."""
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 20]}… ({len(text):,} characters)"


def shown(value: object) -> str:
    """A value of any size, as messages show it."""
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[: LONGEST - 20]!r}… ({len(value):,} characters)"
    return "null" if value is None else shorten(repr(value))
