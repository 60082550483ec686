"""The tickets on DynamoDB (`desk.ports.tickets.Tickets`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from desk.domain.comment import Comment
from desk.domain.errors import StaleTicketError, TicketNotFoundError
from desk.domain.event import Event
from desk.domain.paging import Page, Position
from desk.domain.ticket import Ticket
from desk.store import comment_item, event_item, ticket_item
from desk.store.attributes import Item, placeholders, typed
from desk.store.table import ABSENT, Query, Table
from desk.store.transactions import ConditionsFailedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef


class DynamoTickets:
    """Each ticket a partition: its item, and those of its events, comments and watchers.

    Parameters
    ----------
    table:
        The desk's table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, ticket_id: str) -> Ticket:
        """See `desk.ports.tickets.Tickets.get`."""
        item = self._table.get(ticket_item.key(ticket_id))
        if item is None:
            raise TicketNotFoundError(ticket_id)
        return ticket_item.from_item(item)

    def get_many(self, ticket_ids: Collection[str]) -> Mapping[str, Ticket]:
        """See `desk.ports.tickets.Tickets.get_many`."""
        keys = map(ticket_item.key, ticket_ids)
        items = self._table.get_many(keys, ticket_item.ATTRIBUTES)
        tickets = map(ticket_item.from_item, items)
        return {ticket.id: ticket for ticket in tickets}

    def add(self, ticket: Ticket, event: Event) -> None:
        """See `desk.ports.tickets.Tickets.add`."""
        self._write(ticket, self._new(ticket_item.to_item(ticket)), event)

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        """See `desk.ports.tickets.Tickets.update`."""
        self._write(before, self._next(before, after), event)

    def comment(self, before: Ticket, after: Ticket, comment: Comment, event: Event) -> None:
        """See `desk.ports.tickets.Tickets.comment`."""
        more = self._new(comment_item.to_item(comment))
        self._write(before, self._next(before, after), event, more)

    def find_comment(self, ticket_id: str, comment_id: str) -> Comment | None:
        """See `desk.ports.tickets.Tickets.find_comment`."""
        item = self._table.get(comment_item.key(ticket_id, comment_id))
        return comment_item.from_item(item) if item else None

    def comments(self, ticket_id: str, limit: int, after: Position | None) -> Page[Comment]:
        """See `desk.ports.tickets.Tickets.comments`."""
        query = Query(
            "pk = :ticket AND begins_with(sk, :comments)",
            {":ticket": ticket_item.partition(ticket_id), ":comments": comment_item.PREFIX},
        )
        items, following = self._table.page(query, limit, after)
        return Page(tuple(map(comment_item.from_item, items)), following)

    def _write(
        self,
        ticket: Ticket,
        write: TransactWriteItemTypeDef,
        event: Event,
        *more: TransactWriteItemTypeDef,
    ) -> None:
        outbox = self._new(event_item.to_item(event))
        try:
            self._table.transact([write, outbox, *more])
        except ConditionsFailedError as error:
            if 0 in error.refused:
                raise StaleTicketError(ticket.id, ticket.version) from error
            raise

    def _new(self, item: Item) -> TransactWriteItemTypeDef:
        put: PutTypeDef = {
            "TableName": self._table.name,
            "Item": typed(item),
            "ConditionExpression": ABSENT,
        }
        return {"Put": put}

    def _next(self, before: Ticket, after: Ticket) -> TransactWriteItemTypeDef:
        item = ticket_item.to_item(after)
        names = [name for name in item if name not in ("pk", "sk")]
        update: UpdateTypeDef = {
            "TableName": self._table.name,
            "Key": typed(ticket_item.key(after.id)),
            "UpdateExpression": _replacing({name: item[name] for name in names}),
            "ExpressionAttributeNames": placeholders(names),
            "ExpressionAttributeValues": typed(
                {f":{name}": item[name] for name in names} | {":read": before.version}
            ),
            "ConditionExpression": "#version = :read",
        }
        return {"Update": update}


def _replacing(attributes: Item) -> str:
    """An update that sets what has a value and removes what is None.

    Not a put: attributes that a newer version of this code has written stay as they are, and so
    does the count of watchers.
    """
    sets = [f"#{name} = :{name}" for name, value in attributes.items() if value is not None]
    removes = [f"#{name}" for name, value in attributes.items() if value is None]
    return f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "")
