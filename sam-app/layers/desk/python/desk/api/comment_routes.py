"""What people write below a ticket, and who watches it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from aws_lambda_powertools.metrics import MetricUnit

from desk.api.desk import Answer, answer, cause_of, desk_of, new_id, no_content
from desk.api.fields import TicketId, User
from desk.api.models import NewComment
from desk.api.paging import page_view, shortened
from desk.api.parameters import DEFAULT_PAGE_SIZE, IdempotencyKey, PageSize, PageToken
from desk.api.views import View, comment_view
from desk.domain.ticket import Cause
from desk.service.tickets import comment_on, comments_on, unwatch, watchers_of

router = APIGatewayRouter()  # type: ignore[no-untyped-call]
TicketPath = Annotated[TicketId, Path()]
UserPath = Annotated[User, Path()]


@router.post("/tickets/<ticket_id>/comments")
def create_comment(
    ticket_id: TicketPath, body: NewComment, idempotency_key: IdempotencyKey = None
) -> Answer:
    """Write below a ticket; sent again with the same Idempotency-Key, the first answer again."""
    cause = cause_of(router)
    view = desk_of(router).once(
        (cause.actor, f"POST /tickets/{ticket_id}/comments"),
        idempotency_key,
        body.model_dump(mode="json"),
        lambda: _commented(ticket_id, body.text, cause),
    )
    return answer(router, view, HTTPStatus.CREATED)


@router.get("/tickets/<ticket_id>/comments")
def list_comments(
    ticket_id: TicketPath, limit: PageSize = DEFAULT_PAGE_SIZE, page: PageToken = None
) -> Answer:
    """What was written below a ticket, the first one first."""
    desk = desk_of(router)
    view = page_view(
        desk.page_tokens,
        (f"/tickets/{ticket_id}/comments",),
        page,
        limit,
        "comments",
        shortened(
            lambda limit, after: comments_on(desk.tickets, ticket_id, limit, after),
            lambda comment: len(json.dumps(comment.text)),
        ),
        comment_view,
    )
    return answer(router, view)


@router.get("/tickets/<ticket_id>/watchers")
def list_watchers(ticket_id: TicketPath) -> Answer:
    """Who is told what happens to a ticket."""
    desk = desk_of(router)
    users = watchers_of(desk.tickets, desk.watchers, ticket_id)
    return answer(router, {"watchers": list(users)})


@router.put("/tickets/<ticket_id>/watchers/<user>")
def add_watcher(ticket_id: TicketPath, user: UserPath) -> Answer:
    """Let somebody be told what happens to a ticket."""
    desk_of(router).watchers.add(ticket_id, user)
    return no_content(router)


@router.delete("/tickets/<ticket_id>/watchers/<user>")
def remove_watcher(ticket_id: TicketPath, user: UserPath) -> Answer:
    """Let somebody not be told any more."""
    desk = desk_of(router)
    unwatch(desk.tickets, desk.watchers, ticket_id, user)
    return no_content(router)


def _commented(ticket_id: str, text: str, cause: Cause) -> View:
    desk = desk_of(router)
    comment = comment_on(desk.tickets, ticket_id, comment_id=new_id(router), text=text, cause=cause)
    desk.metrics.add_metric("CommentsCreated", MetricUnit.Count, 1)
    return comment_view(comment)
