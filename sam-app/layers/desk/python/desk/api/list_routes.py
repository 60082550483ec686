"""Tickets by what they have in common."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from desk.api.answers import Answer, answer
from desk.api.context import dependencies
from desk.api.fields import Team, User
from desk.api.paging import Reader, page_view
from desk.api.parameters import DEFAULT_PAGE_SIZE, PageSize, PageToken
from desk.api.problems import Problem, RefusedError
from desk.api.views import ticket_view
from desk.domain.ticket import Status, Ticket

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.get("/tickets")
def list_tickets(
    team: Annotated[Team | None, Query()] = None,
    assignee: Annotated[User | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    limit: PageSize = DEFAULT_PAGE_SIZE,
    page: PageToken = None,
) -> Answer:
    """A team's tickets in a status, the most pressing first; or what somebody has to do."""
    read = _reader(team, assignee, status)
    of = ("/tickets", team or "", assignee or "", status or "")
    tokens = dependencies(router).page_tokens
    return answer(router, page_view(tokens, of, page, limit, "tickets", read, ticket_view))


def _reader(team: str | None, assignee: str | None, status: Status | None) -> Reader[Ticket]:
    lists = dependencies(router).lists
    if team and status and not assignee:
        return lambda limit, after: lists.of_team(team, status, limit, after)
    if assignee and not team:
        return lambda limit, after: lists.of_assignee(assignee, status, limit, after)
    detail = "ask by team and status, or by assignee with or without a status"
    raise RefusedError(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail))
