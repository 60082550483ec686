"""Which version of a ticket a request is meant for (RFC 9110, conditional requests)."""

from __future__ import annotations

import re
from http import HTTPStatus

from desk.api.problems import Problem, RefusedError

NO_VERSION = 0  # none has it: the first is 1
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION = re.compile(r"[1-9][0-9]{0,14}")


def etag(version: int) -> str:
    """The entity tag of a ticket's version; a strong one, since the answer is its very bytes."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that an If-Match names; None for `*`, whichever there is.

    A weak tag never matches, nor does one that no answer of ours had: both name `NO_VERSION`.

    Raises
    ------
    RefusedError
        There is no If-Match, or it is not one entity tag.
    """
    if if_match is None:
        detail = "send If-Match with the ETag of the ticket that the change is meant for"
        raise RefusedError(Problem(HTTPStatus.PRECONDITION_REQUIRED, detail))
    if if_match == "*":
        return None
    tag = _TAG.fullmatch(if_match)
    if tag is None:
        detail = 'If-Match is one entity tag, as in "7", or *'
        raise RefusedError(Problem(HTTPStatus.BAD_REQUEST, detail))
    weak, opaque = tag.groups()
    return int(opaque) if not weak and _VERSION.fullmatch(opaque) else NO_VERSION
