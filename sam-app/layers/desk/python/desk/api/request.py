"""What is read from a request before a route sees it."""

from __future__ import annotations

import re
from http import HTTPStatus

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

BODY_LIMIT = 64 * 1024
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def correlation_id(event: APIGatewayProxyEvent) -> str:
    """The client's own X-Correlation-Id where it is a plain token, else the gateway's request id.

    It goes into items and logs, so nothing else is taken over.
    """
    sent = event.headers.get("x-correlation-id") or ""
    return sent if _CORRELATION_ID.fullmatch(sent) else event.request_context.request_id or "none"


def actor(event: APIGatewayProxyEvent) -> str:
    """Who calls: the API key's id, which identifies a client, not a person."""
    return f"api-key:{event.request_context.identity.api_key_id or 'none'}"


def body_refused(event: APIGatewayProxyEvent) -> tuple[HTTPStatus, str] | None:
    """Why the body cannot be taken, or None.

    Asked before the resolver, which would take forms as well, and would fail on what JSON's
    grammar allows and Python does not: nesting beyond the stack, numbers of thousands of digits.
    """
    if not event.body:
        return None
    media_type = (event.headers.get("content-type") or "application/json").split(";")[0]
    if media_type.strip().lower() != "application/json":
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a body is application/json"
    try:
        if len((event.decoded_body or "").encode("utf-8", "surrogatepass")) > BODY_LIMIT:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {BODY_LIMIT} bytes"
        _ = event.json_body
    except (ValueError, RecursionError):
        return HTTPStatus.BAD_REQUEST, "the body is not JSON"
    return None
