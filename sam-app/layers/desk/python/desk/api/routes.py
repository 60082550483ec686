"""The API's routes: read, call, answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from api_idempotency import Once
from api_models import NewTicket, Team, stats_view, ticket_view
from api_request import actor, correlation_id
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from aws_lambda_powertools.metrics import MetricUnit

from desk import service
from desk.domain.ticket import Cause, Ticket
from desk.ports import Statistics, Tickets

STATS_DAYS = 30
CONTENT_TYPE = "application/json"
Answer = Response[dict[str, Any]]
IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=128)
]

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Desk:
    """What the routes work with."""

    tickets: Tickets
    statistics: Statistics
    once: Once
    metrics: Metrics
    clock: Callable[[], datetime]
    revision: str


@router.post("/tickets")
def create_ticket(body: NewTicket, idempotency_key: IdempotencyKey = None) -> Answer:
    """Create a ticket; sent again with the same Idempotency-Key, the first answer again."""
    cause = _cause()
    view = _desk().once(
        cause.actor,
        idempotency_key,
        body.model_dump(mode="json"),
        lambda: ticket_view(_create(body, cause)),
    )
    location = {"Location": f"/tickets/{view['id']}"}
    return _answer(view, HTTPStatus.CREATED, {**location, **_etag(view)})


@router.get("/tickets/<ticket_id>")
def get_ticket(ticket_id: str) -> Answer:
    """A ticket; its version is the ETag."""
    view = ticket_view(_desk().tickets.get(ticket_id))
    return _answer(view, headers=_etag(view))


@router.get("/teams/<team>/stats")
def get_stats(team: Annotated[Team, Path()]) -> Answer:
    """A team's counters: open tickets by priority, and the last 30 days."""
    since = _desk().clock().date() - timedelta(days=STATS_DAYS)
    return _answer(stats_view(_desk().statistics.of_team(team, since)))


@router.get("/health")
def get_health() -> Answer:
    """Which version answers, and the revision it was published for."""
    version = router.lambda_context.function_version
    return _answer({"status": "ok", "version": version, "revision": _desk().revision})


def _create(body: NewTicket, cause: Cause) -> Ticket:
    desk = _desk()
    ticket = service.open_ticket(
        desk.tickets,
        title=body.title,
        team=body.team,
        priority=body.priority,
        due_at=body.due_at,
        cause=cause,
    )
    desk.metrics.add_metric("TicketsCreated", MetricUnit.Count, 1)
    return ticket


def _desk() -> Desk:
    desk: Desk = router.context["desk"]
    return desk


def _cause() -> Cause:
    event = router.current_event
    now = _desk().clock().replace(microsecond=0)
    return Cause(actor=actor(event), at=now, correlation_id=correlation_id(event))


def _etag(view: dict[str, Any]) -> dict[str, str]:
    return {"ETag": f'"{view["version"]}"'}


def _answer(
    view: dict[str, Any], status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Answer:
    sent = {"X-Correlation-Id": correlation_id(router.current_event), **(headers or {})}
    return Response(status_code=status.value, content_type=CONTENT_TYPE, body=view, headers=sent)
