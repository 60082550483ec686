"""Where parked records are, on DynamoDB (`desk.ports.processing.Quarantine`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from desk.domain.processing import Quarantined
from desk.store import quarantine_item
from desk.store.table import ABSENT, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoQuarantine:
    """A pointer for each parked record, under the day that it is from.

    Parameters
    ----------
    client:
        A DynamoDB client.
    table:
        The table's name.
    sleep:
        Waits for so many seconds before something is tried again.
    """

    def __init__(
        self, client: DynamoDBClient, table: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._table = Table(client, table, sleep)

    def add(self, record: Quarantined, now: datetime) -> None:
        """See `desk.ports.processing.Quarantine.add`."""
        self._table.put(quarantine_item.to_item(record, now), ABSENT)
