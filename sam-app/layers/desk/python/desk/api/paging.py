"""Lists a page at a time, each page with the token of the next one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TypeVar

from desk.api.page_tokens import PageTokenError, PageTokens
from desk.api.problems import Problem, RefusedError
from desk.api.views import View
from desk.domain.paging import Page, Position

T = TypeVar("T")
Reader = Callable[[int, Position | None], Page[T]]

# Lambda answers with 6 MB at most, in JSON that holds ours as a text: each quote and each
# backslash, of which escapes have one for every six characters, counts twice in it.
LARGEST_PAGE = 2_500_000  # characters


def page_view(
    tokens: PageTokens,
    of: Sequence[str],
    token: str | None,
    limit: int,
    name: str,
    read: Reader[T],
    view: Callable[[T], View],
) -> View:
    """A page of a list as the API answers it.

    Parameters
    ----------
    of:
        The list: its path, and its filters.
    token:
        The token that the page before gave; None for the first page.
    limit:
        How many entries the page may have.
    name:
        What the entries are called.
    read:
        Reads so many entries behind a position.
    view:
        An entry as the API answers it.

    Raises
    ------
    RefusedError
        The token is not valid for this list.
    """
    scope = json.dumps(of)
    after = _position(tokens, scope, token) if token is not None else None
    page = read(limit, after)
    following = tokens.token(scope, page.following) if page.following else None
    return {name: [view(each) for each in page.items], "next_page": following}


def shortened(read: Reader[T], size: Callable[[T], int]) -> Reader[T]:
    """The reader, which reads fewer entries where so many would be too long an answer.

    Parameters
    ----------
    size:
        How long an entry is, in characters of JSON.
    """

    def read_shorter(limit: int, after: Position | None) -> Page[T]:
        page = read(limit, after)
        while limit > 1 and sum(map(size, page.items)) > LARGEST_PAGE:
            limit = max(1, len(page.items) // 2)
            page = read(limit, after)
        return page

    return read_shorter


def _position(tokens: PageTokens, scope: str, token: str) -> Position:
    try:
        return tokens.position(scope, token)
    except PageTokenError as error:
        detail = "the page token is not valid here"
        raise RefusedError(Problem(HTTPStatus.BAD_REQUEST, detail)) from error
