"""Every answer that each operation can give, with examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from openapi import answers

TICKET = {
    "id": "01KKBVKFA005JH3MHVP82PV4KG",
    "title": "Printer on fire",
    "team": "ops",
    "assignee": "ada@example.com",
    "priority": "high",
    "status": "open",
    "due_at": "2026-03-11T07:00:00Z",
    "escalated": False,
    "version": 2,
    "created_at": "2026-03-10T12:30:00Z",
    "updated_at": "2026-03-10T12:45:00Z",
}
COMMENT = {
    "id": "01KKBVQ3M0BK3Y2D5N9V0Z4RXC",
    "ticket_id": TICKET["id"],
    "text": "It is the one on the second floor.",
    "actor": "api-key:a1b2c3d4e5",
    "created_at": "2026-03-10T12:32:00Z",
}
STATS = {
    "team": "ops",
    "open": {"low": 0, "normal": 4, "high": 1, "urgent": 0},
    "days": {"2026-03-10": {"new": 3, "solved": 1}},
}


@dataclass(frozen=True)
class Operation:
    """What an operation takes and answers, beside what its function's signature says.

    Parameters
    ----------
    status:
        The status when all went well.
    answer:
        The document then; None for none.
    refusals:
        The other statuses that it answers itself.
    """

    status: HTTPStatus
    answer: type[BaseModel] | None
    example: Any = None
    request_example: Any = None
    headers: tuple[str, ...] = ()
    refusals: tuple[HTTPStatus, ...] = ()


# what each operation can answer, and what only API Gateway does
ALWAYS = (
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
BY_GATEWAY = {
    HTTPStatus.UNAUTHORIZED: "The token is missing or not valid.",
    HTTPStatus.FORBIDDEN: "The caller is not known, or there is no such method.",
    HTTPStatus.TOO_MANY_REQUESTS: "More requests than the caller, or all, may send.",
    HTTPStatus.BAD_GATEWAY: "The function was cut off; the request may have been done.",
    HTTPStatus.GATEWAY_TIMEOUT: "No answer in time; the request may have been done.",
}
REASONS = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON; the page token or If-Match is not valid.",
    HTTPStatus.NOT_FOUND: "There is nothing at this path.",
    HTTPStatus.CONFLICT: "The rules do not allow it now, or another request is in the way.",
    HTTPStatus.PRECONDITION_FAILED: "The ticket is not what If-Match says.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body has more than 64 KiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not application/json.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request does not fit this description.",
    HTTPStatus.PRECONDITION_REQUIRED: "If-Match is missing.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A fault of ours.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not now; try again.",
}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Correlation-Id": {
        "description": "The request's own X-Correlation-Id if it is a token, else one of ours.",
        "required": True,
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "The ticket's version, for If-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[1-9][0-9]*"$'},
    },
    "Location": {
        "description": "The new ticket's path, below the stage.",
        "required": True,
        "schema": {"type": "string", "pattern": "^/tickets/[0-9A-Z]{26}$"},
    },
    "Retry-After": {
        "description": "Seconds to wait; only where the same request may be done later.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
}
WAITING = (HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)

_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_TOKEN = (HTTPStatus.BAD_REQUEST,)
_THERE = (HTTPStatus.NOT_FOUND,)
_ALLOWED = (HTTPStatus.CONFLICT,)
_PRECONDITION = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)

# by the name of its function, in the order of the description
OPERATIONS: Mapping[str, Operation] = {
    "create_ticket": Operation(
        HTTPStatus.CREATED,
        answers.Ticket,
        TICKET | {"status": "new", "version": 1, "updated_at": TICKET["created_at"]},
        {
            "title": TICKET["title"],
            "team": "ops",
            "priority": "high",
            "due_at": "2026-03-11T08:00:00+01:00",
            "assignee": "ada@example.com",
        },
        ("ETag", "Location"),
        (*_BODY, *_ALLOWED),
    ),
    "list_tickets": Operation(
        HTTPStatus.OK,
        answers.TicketPage,
        {"tickets": [TICKET], "next_page": None},
        refusals=_TOKEN,
    ),
    "get_tickets": Operation(
        HTTPStatus.OK,
        answers.TicketBatch,
        {"tickets": [TICKET], "missing": ["01KKBVKFA00000000000000000"]},
        {"ids": [TICKET["id"], "01KKBVKFA00000000000000000"]},
        refusals=_BODY,
    ),
    "get_ticket": Operation(HTTPStatus.OK, answers.Ticket, TICKET, None, ("ETag",), _THERE),
    "edit_ticket": Operation(
        HTTPStatus.OK,
        answers.Ticket,
        TICKET,
        {"status": "open", "assignee": "ada@example.com"},
        ("ETag",),
        (*_BODY, *_THERE, *_ALLOWED, *_PRECONDITION),
    ),
    "create_comment": Operation(
        HTTPStatus.CREATED,
        answers.Comment,
        COMMENT,
        {"text": COMMENT["text"]},
        refusals=(*_BODY, *_THERE, *_ALLOWED),
    ),
    "list_comments": Operation(
        HTTPStatus.OK,
        answers.CommentPage,
        {"comments": [COMMENT], "next_page": None},
        refusals=(*_TOKEN, *_THERE),
    ),
    "list_watchers": Operation(
        HTTPStatus.OK, answers.Watchers, {"watchers": ["ada@example.com"]}, refusals=_THERE
    ),
    "add_watcher": Operation(HTTPStatus.NO_CONTENT, None, refusals=(*_THERE, *_ALLOWED)),
    "remove_watcher": Operation(HTTPStatus.NO_CONTENT, None, refusals=_THERE),
    "get_stats": Operation(HTTPStatus.OK, answers.TeamStats, STATS, refusals=_THERE),
    "get_health": Operation(
        HTTPStatus.OK, answers.Health, {"status": "ok", "version": "12", "revision": "0" * 64}
    ),
}
