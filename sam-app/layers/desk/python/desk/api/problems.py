"""Errors as RFC 9457 problem documents: what a client did wrong, never how we are built."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from desk.api.messages import message

CONTENT_TYPE = "application/problem+json"
# enough to mend a request by; more would only be a long answer to a hostile one
ERRORS_SHOWN = 20
NAME_SHOWN = 64  # characters: names of unknown fields are the client's own

FieldErrors = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Problem:
    """Why a request is refused.

    Parameters
    ----------
    status:
        The HTTP status; its phrase is the problem's title.
    detail:
        What is wrong with this request, for the client's developer.
    errors:
        One entry for each field: where it is, and what is wrong with it.
    headers:
        What the status asks for, as `Retry-After`.
    """

    status: HTTPStatus
    detail: str
    errors: FieldErrors = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """A request is refused, before anything was done."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def response(problem: Problem, correlation_id: str) -> Response[str]:
    """The problem document.

    Parameters
    ----------
    correlation_id:
        What to name when asking us about it.
    """
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
        "correlation_id": correlation_id,
    }
    if problem.errors:
        document["errors"] = list(problem.errors)
    return Response(
        status_code=problem.status.value,
        content_type=CONTENT_TYPE,
        body=json.dumps(document),
        headers={"X-Correlation-Id": correlation_id, **problem.headers},
    )


def field_errors(errors: Sequence[Mapping[str, Any]]) -> FieldErrors:
    """Validation errors without the values: what was sent is not sent back."""
    return [
        {"field": _shown(".".join(map(str, error["loc"]))), "message": message(error)}
        for error in errors[:ERRORS_SHOWN]
    ]


def _shown(name: str) -> str:
    # half of a surrogate pair is no character: few could read the answer
    return name[:NAME_SHOWN].encode("utf-8", "replace").decode("utf-8")


def proxy_result(response: Response[str]) -> dict[str, Any]:
    """The response as API Gateway takes it, for what is refused before it reaches the resolver."""
    return {
        "statusCode": response.status_code,
        "multiValueHeaders": {name: [str(value)] for name, value in response.headers.items()},
        "body": response.body,
        "isBase64Encoded": False,
    }
