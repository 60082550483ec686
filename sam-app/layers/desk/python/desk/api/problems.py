"""Errors as RFC 9457 problem documents: what a client did wrong, never how we are built."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

CONTENT_TYPE = "application/problem+json"


def problem(
    status: HTTPStatus,
    detail: str,
    correlation_id: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
) -> Response[str]:
    """A problem document as a response.

    Parameters
    ----------
    status:
        The HTTP status; its phrase is the problem's title.
    detail:
        What is wrong with this request, for the client's developer.
    correlation_id:
        What to name when asking us about it.
    errors:
        One entry for each field: where it is, and what is wrong with it.
    """
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "correlation_id": correlation_id,
    }
    if errors:
        document["errors"] = list(errors)
    return Response(
        status_code=status.value,
        content_type=CONTENT_TYPE,
        body=json.dumps(document),
        headers={"X-Correlation-Id": correlation_id},
    )


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Validation errors without the values: what was sent is not sent back."""
    return [
        {"field": ".".join(str(part) for part in error["loc"]), "message": str(error["msg"])}
        for error in errors
    ]


def proxy_result(response: Response[str]) -> dict[str, Any]:
    """The response as API Gateway takes it, for what is refused before it reaches the resolver."""
    return {
        "statusCode": response.status_code,
        "headers": {"Content-Type": response.content_type, **response.headers},
        "body": response.body,
        "isBase64Encoded": False,
    }
