"""The archive: what has been closed for a long time moves from the table to the data bucket.

A ticket is written as one document, and only then deleted. A run that ends in between, or halfway
through deleting, leaves the ticket itself (it is deleted last) and so the list that it stands in:
the next night does it again. It then reads less than there was, which is why a document that is
there is never written over: the first one was written before anything was deleted, and a closed
ticket does not change. Two runs beside each other are as safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desk.domain import documents, instants
from desk.domain.ticket import Ticket
from desk.ports.jobs import Archive
from desk.ports.objects import Objects
from desk.ports.tickets import TicketLists, Tickets
from desk.service.effort import Effort
from desk.service.run import Run
from desk.service.walk import Walk

SCHEMA_VERSION = 1
KEPT_AT_HAND = timedelta(days=90)
# How far back the first run of all looks, beyond that.
FIRST_LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Archived:
    """What a night's archiving did.

    Parameters
    ----------
    archived:
        The tickets that are in the bucket only.
    complete:
        Whether everything was looked at: False when time was up, or when nothing worked any more.
    cursor:
        Where the next night begins: all that was closed on earlier days is archived.
    errors:
        What failed; the next night tries again.
    """

    archived: tuple[str, ...]
    complete: bool
    cursor: Mapping[str, str]
    errors: tuple[Exception, ...]


def archive(
    run: Run, tickets: Tickets, lists: TicketLists, stored: Archive, objects: Objects
) -> Archived:
    """Move the tickets that were closed 90 days ago or earlier."""
    until = run.at - KEPT_AT_HAND
    cursor = run.cursor.get("day")
    first = date.fromisoformat(cursor) if cursor else (until - FIRST_LOOK_BACK).date()
    archived: list[str] = []

    def move(ticket: Ticket) -> bool:
        if ticket.closed_at is not None and ticket.closed_at <= until:
            _move(ticket.id, ticket.closed_at, run.at, stored, objects)
            archived.append(ticket.id)
        return True

    effort = Effort(run.has_time)
    first_open = Walk(tickets, effort).through(
        instants.days(first, until.date()), lambda day: lists.closed(day, until), move
    )
    return Archived(
        archived=tuple(archived),
        complete=effort.complete,
        cursor={"day": max(first, first_open or until.date()).isoformat()},
        errors=tuple(effort.errors),
    )


def object_key(ticket_id: str, closed_at: datetime) -> str:
    """Where a ticket's document is in the data bucket."""
    return f"archive/{closed_at.date().isoformat()}/{ticket_id}.json"


def _move(
    ticket_id: str, closed_at: datetime, at: datetime, stored: Archive, objects: Objects
) -> None:
    items = stored.read(ticket_id)
    document = {
        "schema_version": SCHEMA_VERSION,
        "ticket_id": ticket_id,
        "archived_at": instants.text(at),
        "items": [dict(item) for item in items],
    }
    objects.put_once(object_key(ticket_id, closed_at), documents.text(document))
    stored.delete(ticket_id, [str(item["sk"]) for item in items])
