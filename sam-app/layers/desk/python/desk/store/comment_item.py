"""The comment's item: TICKET#<id> / COMMENT#<comment id>."""

from __future__ import annotations

from desk.domain import instants
from desk.domain.comment import Comment
from desk.store import ticket_item
from desk.store.attributes import Item

PREFIX = "COMMENT#"
SCHEMA_VERSION = 1


def key(ticket_id: str, comment_id: str) -> Item:
    """The comment's primary key."""
    return {"pk": ticket_item.partition(ticket_id), "sk": f"{PREFIX}{comment_id}"}


def to_item(comment: Comment) -> Item:
    """The whole item, keys included."""
    return {
        **key(comment.ticket_id, comment.id),
        "entity": "Comment",
        "schema_version": SCHEMA_VERSION,
        "id": comment.id,
        "ticket_id": comment.ticket_id,
        "text": comment.text,
        "actor": comment.actor,
        "created_at": instants.text(comment.created_at),
    }


def from_item(item: Item) -> Comment:
    """The comment that the item holds."""
    return Comment(
        id=item["id"],
        ticket_id=item["ticket_id"],
        text=item["text"],
        actor=item["actor"],
        created_at=instants.parse(item["created_at"]),
    )
