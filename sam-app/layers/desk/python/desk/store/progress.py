"""How far events have come, on DynamoDB (`desk.ports.processing.Progress`)."""

from __future__ import annotations

from datetime import datetime

from desk.domain.processing import Stage
from desk.store import seen_item
from desk.store.table import ABSENT, Query, Table


class DynamoProgress:
    """A marker for each stage that is done; that of counting is the statistics' own.

    Parameters
    ----------
    table:
        The desk's table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def done(self, event_id: str) -> frozenset[Stage]:
        """See `desk.ports.processing.Progress.done`."""
        query = Query("pk = :event", {":event": seen_item.partition(event_id)})
        marked = {item["sk"] for item in self._table.all(query)}
        return frozenset(stage for stage in Stage if stage in marked)

    def mark(self, event_id: str, stage: Stage, now: datetime) -> None:
        """See `desk.ports.processing.Progress.mark`."""
        self._table.put(seen_item.to_item(event_id, stage, now), ABSENT)
