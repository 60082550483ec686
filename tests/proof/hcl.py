"""Just enough of HCL to know what of a file is code: comments and texts can hold anything."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      (?P<block>   /\*.*?(?:\*/|\Z) )
    | (?P<line>    (?:\#|//)[^\n]* )
    | (?P<text>    "(?:\\.|[^"\\\n])*"
                 | <<-?(?P<end>\w+)[ \t]*\n.*?^[ \t]*(?P=end)\b )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CHECK = re.compile(r"\bassert\s*\{|\bexpect_failures\s*=\s*\[\s*[^\s\]]")


def without_blocks(source: str) -> str:
    """The file with block comments and here-documents blank; every place stays where it was."""

    def keep(token: re.Match[str]) -> str:
        return _blank(token) if token["block"] or token["end"] else token[0]

    return _TOKEN.sub(keep, source)


def code(source: str) -> str:
    """The file with all comments and texts blank; every place stays where it was."""
    return _TOKEN.sub(_blank, source)


def checks(source: str, start: int) -> bool:
    """Whether the first block after `start` asserts something, or expects a failure."""
    text = code(source)
    first = text.find("{", start)
    depth = 0
    for brace in re.finditer(r"[{}]", text[first:] if first >= 0 else ""):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return bool(_CHECK.search(text, first, first + brace.end()))
    return False


def _blank(token: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", token[0])
