"""How messages show values and commands: of whatever size, and of whatever characters."""

from __future__ import annotations

import re
import shlex

LONGEST = 80  # characters of a value in a message
# What a terminal takes for orders: control sequences (colours, cursor), operating system commands
# (titles, links), other escapes. They are left out as a whole.
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]"
)
# What GitHub's runner takes for orders in what a job prints: `::set-env …` at a line's beginning,
# `##[add-path]` anywhere in it.
_WORKFLOW = re.compile(r"^([^\S\n]*):(?=:)|##(?=\[)", re.MULTILINE)


def printable(text: str) -> str:
    """A text of any origin, without anything that gives orders to a terminal or a workflow.

    Lines stay lines and tabs stay tabs. Other control characters, and those that are invisible or
    change the direction of writing, become `�`.
    """
    text = _SEQUENCE.sub("", text.replace("\r\n", "\n"))
    if not text.isprintable():
        text = "".join(map(_shown_character, text))
    return _WORKFLOW.sub(lambda found: f"{found[0]} ", text)


def _shown_character(character: str) -> str:
    if character.isprintable() or character in "\n\t":
        return character
    return " " if character.isspace() and not _is_control(character) else "�"


def _is_control(character: str) -> bool:
    return ord(character) < 0xA0 or character in "\u2028\u2029"


def shorten(text: str, longest: int = LONGEST) -> str:
    """A text of any length, as messages show it: its beginning, and how long it is."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 20]}… ({len(text):,} characters)"


def command(*arguments: str) -> str:
    """A command to be pasted into a shell: each argument is quoted where it needs to be."""
    return shlex.join(arguments)


def shown(value: object) -> str:
    """A value of any size, as messages show it."""
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[: LONGEST - 20]!r}… ({len(value):,} characters)"
    return "null" if value is None else shorten(repr(value))
