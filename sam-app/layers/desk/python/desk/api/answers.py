"""How the routes answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from desk.api.context import correlation_id
from desk.api.request import JSON
from desk.api.views import View

Answer = Response[str]


def answer(
    router: APIGatewayRouter,
    view: View,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An answer to the present request."""
    # written here: Powertools would first copy the whole of it, to look for what JSON has not.
    # In one order: an answer that is given again is the same to the byte, as its strong tag says.
    text = json.dumps(view, separators=(",", ":"), sort_keys=True)
    return _response(router, status, text, {"Content-Type": JSON, **(headers or {})})


def no_content(router: APIGatewayRouter) -> Answer:
    """That the present request has been done, and nothing is to be said."""
    return _response(router, HTTPStatus.NO_CONTENT, "", {})


def _response(
    router: APIGatewayRouter, status: HTTPStatus, text: str, headers: Mapping[str, str]
) -> Answer:
    sent = {"X-Correlation-Id": correlation_id(router), **headers}
    return Response(status_code=status.value, body=text, headers=sent)
