"""Who watches tickets, on DynamoDB (`desk.ports.people.Watchers`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.domain.errors import NotAllowedError, TicketNotFoundError
from desk.domain.ticket import Cause, Status
from desk.store import ticket_item, watcher_item
from desk.store.attributes import typed
from desk.store.table import ABSENT, Query, Table
from desk.store.transactions import ConditionsFailedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import DeleteTypeDef, PutTypeDef, UpdateTypeDef

WATCHER_LIMIT = 100  # of one ticket: each is sent a message for each change


class DynamoWatchers:
    """Watchers as items beside their ticket's, which counts them.

    Parameters
    ----------
    table:
        The desk's table.
    limit:
        How many watchers a ticket can have.
    """

    def __init__(self, table: Table, limit: int = WATCHER_LIMIT) -> None:
        self._table = table
        self._limit = limit

    def add(self, ticket_id: str, user: str, cause: Cause) -> None:
        """See `desk.ports.people.Watchers.add`."""
        put: PutTypeDef = {
            "TableName": self._table.name,
            "Item": typed(watcher_item.to_item(ticket_id, user, cause)),
            "ConditionExpression": ABSENT,
        }
        counted = self._counting(
            ticket_id,
            1,
            "attribute_exists(pk) AND #status <> :closed"
            " AND (attribute_not_exists(#watchers) OR #watchers < :limit)",
            {":closed": Status.CLOSED.value, ":limit": self._limit},
        )
        counted["ExpressionAttributeNames"] = {"#status": "status", "#watchers": watcher_item.COUNT}
        counted["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            self._table.transact([{"Put": put}, {"Update": counted}])
        except ConditionsFailedError as error:
            if 0 in error.refused:
                return  # watches it already
            ticket = error.refused[1]
            if ticket is None:
                raise TicketNotFoundError(ticket_id) from error
            if ticket["status"] == Status.CLOSED:
                raise NotAllowedError("a closed ticket does not change any more") from error
            raise NotAllowedError(f"a ticket can have {self._limit} watchers, not more") from error

    def remove(self, ticket_id: str, user: str) -> None:
        """See `desk.ports.people.Watchers.remove`."""
        delete: DeleteTypeDef = {
            "TableName": self._table.name,
            "Key": typed(watcher_item.key(ticket_id, user)),
            "ConditionExpression": "attribute_exists(pk)",
        }
        counted = self._counting(ticket_id, -1, "attribute_exists(pk)", {})
        try:
            self._table.transact([{"Delete": delete}, {"Update": counted}])
        except ConditionsFailedError:
            return  # does not watch it, or there is no such ticket

    def of(self, ticket_id: str) -> tuple[str, ...]:
        """See `desk.ports.people.Watchers.of`."""
        query = Query(
            "pk = :ticket AND begins_with(sk, :watchers)",
            {":ticket": ticket_item.partition(ticket_id), ":watchers": watcher_item.PREFIX},
        )
        return tuple(sorted(item["user"] for item in self._table.all(query)))

    def _counting(
        self, ticket_id: str, by: int, condition: str, values: dict[str, str | int]
    ) -> UpdateTypeDef:
        return {
            "TableName": self._table.name,
            "Key": typed(ticket_item.key(ticket_id)),
            "UpdateExpression": "ADD #watchers :by",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#watchers": watcher_item.COUNT},
            "ExpressionAttributeValues": typed({":by": by, **values}),
        }
