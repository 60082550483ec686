"""What the routes work with, and what they know of the present request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from desk.api.callers import actor
from desk.api.idempotency import Once
from desk.api.page_tokens import PageTokens
from desk.domain.ticket import Cause
from desk.ports.people import Teams, Watchers
from desk.ports.statistics import Statistics
from desk.ports.tickets import TicketLists, Tickets


@dataclass(frozen=True)
class Dependencies:
    """What the routes work with."""

    tickets: Tickets
    lists: TicketLists
    watchers: Watchers
    teams: Teams
    statistics: Statistics
    once: Once
    page_tokens: PageTokens
    metrics: Metrics
    logger: Logger
    clock: Callable[[], datetime]
    revision: str


def dependencies(router: APIGatewayRouter) -> Dependencies:
    """What the present request is answered with."""
    found: Dependencies = router.context["dependencies"]
    return found


def correlation_id(router: APIGatewayRouter) -> str:
    """What the present request is called in items, logs and answers."""
    found: str = router.context["correlation_id"]
    return found


def cause_of(router: APIGatewayRouter) -> Cause:
    """Who sends the present request, and when."""
    now = dependencies(router).clock().replace(microsecond=0)
    return Cause(actor(router.current_event), now, correlation_id(router))
