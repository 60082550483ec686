"""What is read from a request before a route sees it."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import unquote

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from desk.api.problems import Problem, RefusedError

BODY_LIMIT = 64 * 1024
WITH_BODY = ("PATCH", "POST")  # of the others a body has no meaning, and is passed over
JSON = "application/json"
_SLASH = re.compile("%2F", re.IGNORECASE)
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def correlation_id(event: APIGatewayProxyEvent) -> str:
    """The client's own X-Correlation-Id where it is a plain token, else the gateway's request id.

    It goes into items and logs, so nothing else is taken over.
    """
    sent = event.headers.get("x-correlation-id") or ""
    return sent if _CORRELATION_ID.fullmatch(sent) else event.request_context.request_id or "none"


def plain_path(path: str) -> str:
    """The path, decoded but for slashes within a segment: those would make two of one.

    REST APIs hand it over as it was sent; and clients differ in what they encode.
    """
    return unquote(_SLASH.sub("%252F", path))


def with_plain_body(event: dict[str, Any]) -> dict[str, Any]:
    """The event, its body known to be JSON's text and not too long; as Powertools expects it.

    Asked before the resolver, which takes forms as well, and media types in small letters only.

    Raises
    ------
    RefusedError
        The body is of another kind, too long, or not text.
    """
    request = APIGatewayProxyEvent(event)
    if not request.body or request.http_method.upper() not in WITH_BODY:
        return event
    media_type = (request.headers.get("content-type") or JSON).split(";")[0].strip().lower()
    if media_type != JSON:
        raise RefusedError(Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a body is {JSON}"))
    try:
        size = len((request.decoded_body or "").encode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise RefusedError(Problem(HTTPStatus.BAD_REQUEST, "the body is not UTF-8")) from error
    if size > BODY_LIMIT:
        detail = f"a body has at most {BODY_LIMIT} bytes"
        raise RefusedError(Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail))
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    return {**event, "headers": {**headers, "content-type": JSON}}


def parsed(text: str) -> Any:
    """A JSON document; of those only the ones that every reader understands the same way.

    Raises
    ------
    RefusedError
        It is not JSON, names a field twice, or is nested deeper or has longer numbers than Python
        takes.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError(Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON")) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RefusedError(Problem(HTTPStatus.BAD_REQUEST, "the body names a field twice"))
    return found


def _no_constant(name: str) -> NoReturn:
    # NaN and Infinity are Python's
    raise ValueError(f"{name} is no JSON")
