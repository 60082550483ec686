"""The tickets on DynamoDB (`desk.ports.Tickets`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from desk.domain import instants
from desk.domain.errors import StaleTicketError, TicketNotFoundError
from desk.domain.event import Event
from desk.domain.ticket import Ticket
from desk.store import event_item, ticket_item
from desk.store.attributes import Item, plain, typed
from desk.store.transactions import condition_failed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef


class DynamoTickets:
    """Tickets and their events in one table; every list is a Query on an index.

    Parameters
    ----------
    client:
        A DynamoDB client.
    table:
        The table's name.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, ticket_id: str) -> Ticket:
        """See `desk.ports.Tickets.get`."""
        answer = self._client.get_item(
            TableName=self._table, Key=typed(ticket_item.key(ticket_id)), ConsistentRead=True
        )
        if "Item" not in answer:
            raise TicketNotFoundError(ticket_id)
        return ticket_item.from_item(plain(answer["Item"]))

    def add(self, ticket: Ticket, event: Event) -> None:
        """See `desk.ports.Tickets.add`."""
        put: PutTypeDef = {
            "TableName": self._table,
            "Item": typed(ticket_item.to_item(ticket)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        self._write(ticket, {"Put": put}, event)

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        """See `desk.ports.Tickets.update`."""
        item = ticket_item.to_item(after)
        update: UpdateTypeDef = {
            "TableName": self._table,
            "Key": typed(ticket_item.key(after.id)),
            "UpdateExpression": _replace(item),
            "ExpressionAttributeNames": {f"#{name}": name for name in _attributes(item)},
            "ExpressionAttributeValues": typed(
                {f":{name}": item[name] for name in _attributes(item)} | {":read": before.version}
            ),
            "ConditionExpression": "#version = :read",
        }
        self._write(before, {"Update": update}, event)

    def due(self, since: datetime, until: datetime) -> Iterator[str]:
        """See `desk.ports.Tickets.due`."""
        for hour in instants.hours(since, until):
            for shard in range(ticket_item.SHARDS):
                yield from self._due_in(ticket_item.clock_partition(hour, shard), until)

    def _due_in(self, partition: str, until: datetime) -> Iterator[str]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=ticket_item.CLOCK_INDEX,
            KeyConditionExpression="gsi3pk = :partition AND gsi3sk <= :until",
            # not the decision (that is the ticket's own), but it spares reading what is done
            FilterExpression="attribute_not_exists(escalated_for) OR escalated_for <> due_at",
            ExpressionAttributeValues={
                ":partition": {"S": partition},
                ":until": {"S": ticket_item.clock_sort(instants.text(until), "~")},
            },
        )
        for page in pages:
            for item in page["Items"]:
                yield item["pk"]["S"].removeprefix(ticket_item.partition(""))

    def _write(self, ticket: Ticket, write: TransactWriteItemTypeDef, event: Event) -> None:
        outbox: PutTypeDef = {
            "TableName": self._table,
            "Item": typed(event_item.to_item(event)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            self._client.transact_write_items(TransactItems=[write, {"Put": outbox}])
        except self._client.exceptions.TransactionCanceledException as error:
            if condition_failed(error, 0):
                raise StaleTicketError(ticket.id, ticket.version) from error
            raise


def _attributes(item: Item) -> list[str]:
    return [name for name in item if name not in ("pk", "sk")]


def _replace(item: Item) -> str:
    """An update that sets what the item has and removes what it says is absent.

    Not a put: attributes that a newer version of this code has written stay as they are.
    """
    sets = [f"#{name} = :{name}" for name in _attributes(item) if item[name] is not None]
    removes = [f"#{name}" for name in _attributes(item) if item[name] is None]
    return f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "")
