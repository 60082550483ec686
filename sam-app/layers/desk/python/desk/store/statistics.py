"""The teams' counters on DynamoDB (`desk.ports.Statistics`)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING

from desk.domain.counting import DayTotal, OpenTickets, TeamStats, movements
from desk.domain.event import Event
from desk.domain.ticket import Priority, Status
from desk.store import counter_item, seen_item
from desk.store.attributes import Item, plain, typed
from desk.store.transactions import condition_failed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef


class DynamoStatistics:
    """Counters that move exactly once for each event.

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

    def count(self, event: Event, now: datetime) -> bool:
        """See `desk.ports.Statistics.count`."""
        # the marker and the counters are one transaction: a crash leaves both or none
        seen: PutTypeDef = {
            "TableName": self._table,
            "Item": typed(seen_item.to_item(event.id, seen_item.AGGREGATE, now)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        updates: list[TransactWriteItemTypeDef] = [
            {"Update": self._add(counter_item.key(event.team, count), by)}
            for count, by in movements(event).items()
        ]
        try:
            self._client.transact_write_items(TransactItems=[{"Put": seen}, *updates])
        except self._client.exceptions.TransactionCanceledException as error:
            if condition_failed(error, 0):
                return False
            raise
        return True

    def of_team(self, team: str, since: date) -> TeamStats:
        """See `desk.ports.Statistics.of_team`."""
        days: defaultdict[str, dict[Status, int]] = defaultdict(dict)
        for count, value in self._read(team, f"{counter_item.DAY_PREFIX}{since.isoformat()}"):
            if isinstance(count, DayTotal):
                days[count.day][count.status] = value
        opened = dict.fromkeys(Priority, 0)
        for count, value in self._read(team, counter_item.OPEN_PREFIX):
            if isinstance(count, OpenTickets):
                opened[count.priority] = value
        return TeamStats(team=team, open=opened, days=dict(days))

    def _read(self, team: str, first: str) -> list[tuple[OpenTickets | DayTotal, int]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :team AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":team": {"S": counter_item.partition(team)},
                ":first": {"S": first},
                ":last": {"S": first.split("#", maxsplit=1)[0] + "#~"},
            },
            ConsistentRead=True,
        )
        items = [plain(item) for page in pages for item in page["Items"]]
        return [(counter_item.count_of(item["sk"]), item["value"]) for item in items]

    def _add(self, key: Item, by: int) -> UpdateTypeDef:
        return {
            "TableName": self._table,
            "Key": typed(key),
            "UpdateExpression": "ADD #value :by",
            "ExpressionAttributeNames": {"#value": "value"},
            "ExpressionAttributeValues": {":by": {"N": str(by)}},
        }
