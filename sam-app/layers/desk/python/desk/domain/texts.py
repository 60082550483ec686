"""Whether a text shows anything at all."""

from __future__ import annotations

import unicodedata

# Controls, formats (zero-width spaces, marks of direction), surrogates, marks that only change what
# they follow (accents, variation selectors), and separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Mn", "Zl", "Zp", "Zs"})
# Letters and symbols by category that show nothing: Hangul fillers, the braille pattern without a
# dot, the musical note without a head.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
# Not assigned, and never to be shown.
# https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
_RESERVED = (range(0x2065, 0x2066), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))


def is_blank(text: str) -> bool:
    """Whether nobody can see anything of a text."""
    return not any(map(_shows, text))


def _shows(character: str) -> bool:
    return (
        unicodedata.category(character) not in _INVISIBLE
        and character not in _BLANK
        and not any(ord(character) in reserved for reserved in _RESERVED)
    )
