"""API Gateway's REST proxy: HTTP requests to events, and results to HTTP answers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

STAGE = "v1"
KEY = {"apiKeyId": "k1"}
# what API Gateway sends as text; other kinds only where an API names them as binary, which ours
# does not: so bytes that are no UTF-8 come with replacement characters in their place
IDENTITY: Mapping[str, str | None] = {"sourceIp": "192.0.2.1", "userArn": None, "apiKeyId": None}


@dataclass(frozen=True)
class HttpAnswer:
    """What the client gets."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        """The JSON document."""
        return json.loads(self.text)


def proxy_event(
    method: str,
    path: str,
    headers: Iterable[tuple[str, str]] = (),
    query: str = "",
    body: str | bytes | None = None,
    *,
    identity: Mapping[str, str] = KEY,
    claims: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The event of a request, as API Gateway makes it.

    Parameters
    ----------
    path:
        As in the request line, without the stage.
    headers:
        Names and values in the order sent; a name may be there more than once.
    query:
        What stands behind the question mark.
    identity:
        What API Gateway has found out about the caller.
    claims:
        Those of the token, with a Cognito authorizer.
    """
    sent, asked = _grouped(headers), _grouped(parse_qsl(query, keep_blank_values=True))
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": _last(sent),
        "multiValueHeaders": sent or None,
        "queryStringParameters": _last(asked),
        "multiValueQueryStringParameters": asked or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "path": f"/{STAGE}{path}",
            "requestId": "gateway-1",
            "stage": STAGE,
            "identity": {**IDENTITY, **identity},
            "authorizer": {"claims": dict(claims)} if claims else None,
        },
        "body": text or None,
        "isBase64Encoded": False,
    }


def in_base64(event: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """The event with a body of a kind that the API takes as binary."""
    return {**event, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def http_answer(result: Mapping[str, Any]) -> HttpAnswer:
    """What API Gateway makes of a function's result."""
    # a result is JSON between Lambda and API Gateway, and an integration that is not fails
    result = json.loads(json.dumps(result))
    assert not result["isBase64Encoded"]
    several: Mapping[str, Sequence[str]] = result.get("multiValueHeaders") or {}
    headers = {name: ", ".join(values) for name, values in several.items()}
    return HttpAnswer(result["statusCode"], headers, result["body"].encode().decode())


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _last(values: Mapping[str, Sequence[str]]) -> dict[str, str] | None:
    return {name: each[-1] for name, each in values.items()} or None


class Wsgi:
    """The gateway as a WSGI application, for clients that speak to one.

    Parameters
    ----------
    take:
        The function behind the gateway: an event to a result.
    """

    def __init__(self, take: Callable[[dict[str, Any]], HttpAnswer]) -> None:
        self._take = take

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer one request."""
        # the path as it was sent; PATH_INFO is decoded
        path = environ["REQUEST_URI"].partition("?")[0]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        event = proxy_event(
            environ["REQUEST_METHOD"],
            path,
            list(_sent_headers(environ)),
            environ["QUERY_STRING"],
            environ["wsgi.input"].read(length),
        )
        answer = self._take(event)
        start_response(
            f"{answer.status} {HTTPStatus(answer.status).phrase}", [*answer.headers.items()]
        )
        return [answer.text.encode()]


def _sent_headers(environ: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name.removeprefix("HTTP_").replace("_", "-").title(), value
    if environ.get("CONTENT_TYPE"):
        yield "Content-Type", environ["CONTENT_TYPE"]
