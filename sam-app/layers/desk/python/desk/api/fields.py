"""What each kind of text in a request may be.

Each pattern says all that can be said by one, so that the published schema refuses what the API
does. `$` is the end in pydantic's engine, never before a last line break.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from desk.domain import instants, texts

TITLE_LIMIT = 200
COMMENT_LIMIT = 10_000
PAGE_LIMIT = 100
ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
TEAM = r"^[a-z][a-z0-9-]{1,39}$"
# no leading dot: as a path's segment `.` and `..` would be resolved on the way
USER = r"^[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,63}$"
# no white space alone, and no NUL: nothing that shows texts shows that one. A pattern cannot name
# Unicode's categories in every engine, so what else shows nothing is looked for by `_visible`
TEXT = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
TEXT_IN_WORDS = "something visible is meant, and no NUL"
INSTANT = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)

_INSTANT = re.compile(INSTANT.removesuffix("$"))


def _visible(text: str) -> str:
    if texts.is_blank(text):
        raise ValueError(TEXT_IN_WORDS)
    return text


def _instant(value: Any) -> datetime:
    if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
        # a ValueError, since pydantic lets a TypeError through
        raise ValueError("an instant is meant, as in 2026-01-31T08:00:00Z")
    return instants.parse(value)


def _decimal(value: Any) -> int:
    # pydantic would also take 5.0, 1_0 and spaces
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 9:
        raise ValueError("a whole number in decimal digits is meant")
    return int(value)


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "pattern": INSTANT}),
]
Limit = Annotated[int, Field(ge=1, le=PAGE_LIMIT), BeforeValidator(_decimal)]
User = Annotated[str, Field(pattern=USER)]
Team = Annotated[str, Field(pattern=TEAM)]
TicketId = Annotated[str, Field(pattern=ULID)]
_SHOWN = "Something visible: not only spaces, controls, formats, marks or fillers."
Title = Annotated[
    str,
    Field(min_length=1, max_length=TITLE_LIMIT, pattern=TEXT, description=_SHOWN),
    AfterValidator(_visible),
]
CommentText = Annotated[
    str,
    Field(min_length=1, max_length=COMMENT_LIMIT, pattern=TEXT, description=_SHOWN),
    AfterValidator(_visible),
]
