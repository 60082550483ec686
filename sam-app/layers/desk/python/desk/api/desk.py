"""What the routes work with, and how they answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from ulid import ULID

from desk.api.callers import actor
from desk.api.idempotency import Once
from desk.api.page_tokens import PageTokens
from desk.api.request import JSON, correlation_id
from desk.api.views import View
from desk.domain.ticket import Cause
from desk.ports.people import Teams, Watchers
from desk.ports.statistics import Statistics
from desk.ports.tickets import TicketLists, Tickets

Answer = Response[str]


@dataclass(frozen=True)
class Desk:
    """What the routes work with."""

    tickets: Tickets
    lists: TicketLists
    watchers: Watchers
    teams: Teams
    statistics: Statistics
    once: Once
    page_tokens: PageTokens
    metrics: Metrics
    clock: Callable[[], datetime]
    revision: str


def desk_of(router: APIGatewayRouter) -> Desk:
    """The desk that the present request is for."""
    desk: Desk = router.context["desk"]
    return desk


def cause_of(router: APIGatewayRouter) -> Cause:
    """Who sends the present request, and when."""
    event = router.current_event
    now = desk_of(router).clock().replace(microsecond=0)
    return Cause(actor=actor(event), at=now, correlation_id=correlation_id(event))


def new_id(router: APIGatewayRouter) -> str:
    """A ULID of this moment."""
    return str(ULID.from_datetime(desk_of(router).clock()))


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
    sent = {"X-Correlation-Id": correlation_id(router.current_event), **headers}
    return Response(status_code=status.value, body=text, headers=sent)
