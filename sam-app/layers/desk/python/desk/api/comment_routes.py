"""What people write below a ticket, and who watches it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from aws_lambda_powertools.metrics import MetricUnit

from desk.api.answers import Answer, answer, no_content
from desk.api.callers import owner
from desk.api.context import cause_of, dependencies
from desk.api.fields import TicketId, User
from desk.api.idempotency import Try
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
    view = dependencies(router).once(
        (owner(cause.actor), f"POST /tickets/{ticket_id}/comments"),
        idempotency_key,
        body.model_dump(mode="json"),
        lambda this: _commented(this, ticket_id, body.text, cause),
    )
    return answer(router, view, HTTPStatus.CREATED)


@router.get("/tickets/<ticket_id>/comments")
def list_comments(
    ticket_id: TicketPath, limit: PageSize = DEFAULT_PAGE_SIZE, page: PageToken = None
) -> Answer:
    """What was written below a ticket, the first one first."""
    given = dependencies(router)
    view = page_view(
        given.page_tokens,
        (f"/tickets/{ticket_id}/comments",),
        page,
        limit,
        "comments",
        shortened(
            lambda limit, after: comments_on(given.tickets, ticket_id, limit, after),
            lambda comment: len(json.dumps(comment.text)),
        ),
        comment_view,
    )
    return answer(router, view)


@router.get("/tickets/<ticket_id>/watchers")
def list_watchers(ticket_id: TicketPath) -> Answer:
    """Who is told what happens to a ticket."""
    given = dependencies(router)
    users = watchers_of(given.tickets, given.watchers, ticket_id)
    return answer(router, {"watchers": list(users)})


@router.put("/tickets/<ticket_id>/watchers/<user>")
def add_watcher(ticket_id: TicketPath, user: UserPath) -> Answer:
    """Let somebody be told what happens to a ticket."""
    dependencies(router).watchers.add(ticket_id, user, cause_of(router))
    return no_content(router)


@router.delete("/tickets/<ticket_id>/watchers/<user>")
def remove_watcher(ticket_id: TicketPath, user: UserPath) -> Answer:
    """Let somebody not be told any more."""
    given = dependencies(router)
    unwatch(given.tickets, given.watchers, ticket_id, user)
    # of what is taken away nothing stays that could say who did it; whom is the customers' own
    given.logger.info("watcher removed", ticket_id=ticket_id, actor=cause_of(router).actor)
    return no_content(router)


def _commented(this: Try, ticket_id: str, text: str, cause: Cause) -> View:
    given = dependencies(router)
    comment = comment_on(
        given.tickets,
        ticket_id,
        comment_id=this.id,
        text=text,
        cause=cause,
        may_be_done=this.may_be_done,
    )
    given.metrics.add_metric("CommentsCreated", MetricUnit.Count, 1)
    return comment_view(comment)
