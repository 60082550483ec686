"""Where parked records are, on DynamoDB (`desk.ports.processing.Quarantine`)."""

from __future__ import annotations

from datetime import datetime

from desk.ports.processing import Quarantined
from desk.store import quarantine_item
from desk.store.table import ABSENT, Table


class DynamoQuarantine:
    """A pointer for each parked record, under the day that it is from.

    Parameters
    ----------
    table:
        The desk's table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, record: Quarantined, now: datetime) -> None:
        """See `desk.ports.processing.Quarantine.add`."""
        self._table.put(quarantine_item.to_item(record, now), ABSENT)
