"""The teams' counters on DynamoDB (`desk.ports.statistics.Statistics`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from desk.domain.counting import Count, DayTotal, OpenTickets, TeamStats, movements
from desk.domain.event import Event
from desk.domain.processing import Stage
from desk.domain.ticket import Priority, Status
from desk.store import counter_item, seen_item
from desk.store.attributes import typed
from desk.store.table import ABSENT, Query, Table
from desk.store.transactions import ConditionsFailedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef


class DynamoStatistics:
    """Counters that move exactly once for each event.

    Parameters
    ----------
    table:
        The desk's table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def count(self, event: Event, now: datetime) -> bool:
        """See `desk.ports.statistics.Statistics.count`."""
        # the marker and the counters are one transaction: a crash leaves both or none
        seen: PutTypeDef = {
            "TableName": self._table.name,
            "Item": typed(seen_item.to_item(event.id, Stage.AGGREGATE, now)),
            "ConditionExpression": ABSENT,
        }
        moved = [self._moving(count, by) for count, by in movements(event).items()]
        try:
            self._table.transact([{"Put": seen}, *moved])
        except ConditionsFailedError:
            return False
        return True

    def of_team(self, team: str, since: date) -> TeamStats:
        """See `desk.ports.statistics.Statistics.of_team`."""
        days: defaultdict[str, dict[Status, int]] = defaultdict(dict)
        for count, value in self._read(team, counter_item.DAY_PREFIX, since.isoformat()):
            if isinstance(count, DayTotal):
                days[count.day][count.status] = value
        return TeamStats(team=team, open=dict(self.open_tickets(team)), days=dict(days))

    def open_tickets(self, team: str) -> Mapping[Priority, int]:
        """See `desk.ports.statistics.Statistics.open_tickets`."""
        opened = dict.fromkeys(Priority, 0)
        for count, value in self._read(team, counter_item.OPEN_PREFIX):
            if isinstance(count, OpenTickets):
                opened[count.priority] = value
        return opened

    def correct(self, team: str, priority: Priority, was: int, becomes: int) -> bool:
        """See `desk.ports.statistics.Statistics.correct`."""
        unmoved = "#value = :was"
        update: UpdateTypeDef = {
            "TableName": self._table.name,
            "Key": typed(counter_item.key(OpenTickets(team, priority))),
            "UpdateExpression": "SET #value = :becomes",
            # a counter that nothing has moved yet is read as zero
            "ConditionExpression": unmoved if was else f"{unmoved} OR attribute_not_exists(pk)",
            "ExpressionAttributeNames": {"#value": "value"},
            "ExpressionAttributeValues": typed({":was": was, ":becomes": becomes}),
        }
        try:
            # of one write, for its token: if the answer is lost, what was set by the first try
            # must not pass for somebody else's movement in the next
            self._table.transact([{"Update": update}])
        except ConditionsFailedError:
            return False
        return True

    def _read(self, team: str, prefix: str, since: str = "") -> Iterator[tuple[Count, int]]:
        query = Query(
            "pk = :team AND sk BETWEEN :first AND :last",
            {
                ":team": counter_item.partition(team),
                ":first": f"{prefix}{since}",
                ":last": f"{prefix}~",
            },
        )
        for item in self._table.all(query):
            yield counter_item.count_of(item), item["value"]

    def _moving(self, count: Count, by: int) -> TransactWriteItemTypeDef:
        update: UpdateTypeDef = {
            "TableName": self._table.name,
            "Key": typed(counter_item.key(count)),
            "UpdateExpression": "ADD #value :by",
            "ExpressionAttributeNames": {"#value": "value"},
            "ExpressionAttributeValues": typed({":by": by}),
        }
        return {"Update": update}
