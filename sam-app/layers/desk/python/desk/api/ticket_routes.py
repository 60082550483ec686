"""Tickets, one by one or by their ids."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from aws_lambda_powertools.metrics import MetricUnit

from desk.api.answers import Answer, answer
from desk.api.callers import owner
from desk.api.context import cause_of, dependencies
from desk.api.fields import TicketId
from desk.api.idempotency import Try
from desk.api.if_match import etag, expected_version
from desk.api.models import Change, NewTicket, TicketIds
from desk.api.parameters import IdempotencyKey
from desk.api.views import View, ticket_view
from desk.domain.ticket import Cause
from desk.service.tickets import change_ticket, open_ticket

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.post("/tickets")
def create_ticket(body: NewTicket, idempotency_key: IdempotencyKey = None) -> Answer:
    """Open a ticket; sent again with the same Idempotency-Key, the first answer again."""
    cause = cause_of(router)
    view = dependencies(router).once(
        (owner(cause.actor), "POST /tickets"),
        idempotency_key,
        body.model_dump(mode="json"),
        lambda this: _opened(this, body, cause),
    )
    headers = {"Location": f"/tickets/{view['id']}", "ETag": etag(view["version"])}
    return answer(router, view, HTTPStatus.CREATED, headers)


@router.get("/tickets/<ticket_id>")
def get_ticket(ticket_id: Annotated[TicketId, Path()]) -> Answer:
    """A ticket; its version is the ETag."""
    return _answered(ticket_view(dependencies(router).tickets.get(ticket_id)))


@router.patch("/tickets/<ticket_id>")
def edit_ticket(
    ticket_id: Annotated[TicketId, Path()],
    body: Annotated[Change, Body()],
    if_match: Annotated[str | None, Header(alias="If-Match")] = None,
) -> Answer:
    """Change a ticket that is still as the client knows it; no change, no new version."""
    given = dependencies(router)
    ticket = change_ticket(
        given.tickets,
        given.teams,
        ticket_id,
        body,
        cause_of(router),
        expected_version(if_match),
    )
    return _answered(ticket_view(ticket))


@router.post("/tickets:batchGet")
def get_tickets(body: TicketIds) -> Answer:
    """Many tickets at once, in the order asked for, and the ids that there are no tickets of."""
    ids = list(dict.fromkeys(body.ids))
    found = dependencies(router).tickets.get_many(ids)
    return answer(
        router,
        {
            "tickets": [ticket_view(found[each]) for each in ids if each in found],
            "missing": [each for each in ids if each not in found],
        },
    )


def _opened(this: Try, body: NewTicket, cause: Cause) -> View:
    given = dependencies(router)
    ticket = open_ticket(
        given.tickets,
        given.teams,
        ticket_id=this.id,
        title=body.title,
        team=body.team,
        priority=body.priority,
        due_at=body.due_at,
        assignee=body.assignee,
        cause=cause,
        may_be_done=this.may_be_done,
    )
    given.metrics.add_metric("TicketsCreated", MetricUnit.Count, 1)
    return ticket_view(ticket)


def _answered(view: View) -> Answer:
    return answer(router, view, headers={"ETag": etag(view["version"])})
