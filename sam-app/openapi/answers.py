"""What the API answers, as schemas: for its description, and to hold answers against in tests.

Answers are not built by these at run time: what the domain holds is known to fit, and a second
validation of each answer would be paid for by whoever waits for it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from desk.api.fields import COMMENT_LIMIT, TITLE_LIMIT, Team, TicketId, User
from desk.domain.ticket import Priority, Status

Instant = Annotated[
    str, Field(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
]
Day = Annotated[str, Field(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
NextPage = Annotated[
    str | None,
    Field(
        description="What `page` asks for the next page with, within an hour; null on the last.",
        pattern=r"^[A-Za-z0-9_-]+$",
    ),
]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Ticket(_Answer):
    """A request to a team, with a deadline."""

    id: TicketId
    title: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT)]
    team: Team
    assignee: User | None
    priority: Priority
    status: Status
    due_at: Instant
    escalated: Annotated[bool, Field(description="Whether the breach of `due_at` was answered.")]
    version: Annotated[int, Field(ge=1, description="Counts changes; in the ETag, too.")]
    created_at: Instant
    updated_at: Instant


class TicketPage(_Answer):
    """Some tickets of a list."""

    tickets: list[Ticket]
    next_page: NextPage


class TicketBatch(_Answer):
    """The tickets that were asked for, and the ids that there are none of."""

    tickets: list[Ticket]
    missing: list[TicketId]


class Comment(_Answer):
    """What somebody wrote below a ticket."""

    id: TicketId
    ticket_id: TicketId
    text: Annotated[str, Field(min_length=1, max_length=COMMENT_LIMIT)]
    actor: Annotated[str, Field(description="Who wrote it, as the API knows its callers.")]
    created_at: Instant


class CommentPage(_Answer):
    """Some comments of a ticket."""

    comments: list[Comment]
    next_page: NextPage


class Watchers(_Answer):
    """Who is told what happens to a ticket."""

    watchers: list[User]


class OpenTickets(_Answer):
    """How many tickets of each priority are neither solved nor closed."""

    low: int
    normal: int
    high: int
    urgent: int


class TeamStats(_Answer):
    """A team's counters; they lag a moment behind the tickets."""

    team: Team
    open: OpenTickets
    days: Annotated[
        dict[Day, dict[Status, int]],
        Field(description="Of each day (UTC), how many tickets came into each status."),
    ]


class Health(_Answer):
    """Which version answers."""

    status: Literal["ok"]
    version: str
    revision: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class FieldError(_Answer):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(_Answer):
    """Why a request was not done (RFC 9457)."""

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    correlation_id: Annotated[str, Field(description="What to name when asking us about it.")]
    # left out where there are none, and never null
    errors: Annotated[list[FieldError], Field(default_factory=list, min_length=1)]


class GatewayProblem(_Answer):
    """Why API Gateway has not done a request itself, without having asked the function."""

    type: Literal["about:blank"]
    title: str
    # left out where API Gateway has one text for several statuses
    status: Annotated[int, Field(default=0, ge=400, le=599)]
    detail: str
    correlation_id: Annotated[str, Field(description="API Gateway's own id of the request.")]
