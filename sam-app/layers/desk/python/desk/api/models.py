"""The bodies that the API takes; whatever else is in one is refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from desk.api.fields import CommentText, Instant, Team, TicketId, Title, User
from desk.domain.ticket import Priority, Status

BATCH_LIMIT = 100


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTicket(_Body):
    """A ticket to be opened."""

    title: Title
    team: Team
    priority: Priority = Priority.NORMAL
    due_at: Instant
    assignee: User | None = None


class NewComment(_Body):
    """Something to be written below a ticket."""

    text: CommentText


class TicketIds(_Body):
    """The tickets that somebody wants; naming one twice changes nothing."""

    ids: Annotated[list[TicketId], Field(min_length=1, max_length=BATCH_LIMIT)]


# no model: in a dict, what was sent and what was not can be told apart, as in `desk.domain`'s Edit
class TicketEdit(TypedDict, total=False):
    """What is to be different; `assignee: null` takes the ticket off whoever has it."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc]
        extra="forbid", json_schema_extra={"minProperties": 1}
    )

    title: Title
    team: Team
    assignee: User | None
    priority: Priority
    status: Status
    due_at: Instant


def _something(edit: TicketEdit) -> TicketEdit:
    if not edit:
        raise ValueError("at least one field is meant")
    return edit


Change = Annotated[TicketEdit, AfterValidator(_something)]
