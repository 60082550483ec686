"""Tickets with all that belongs to them, on DynamoDB (`desk.ports.jobs.Archive`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desk.store import ticket_item
from desk.store.table import Query, Table


class DynamoArchive:
    """A ticket's partition, item for item.

    Parameters
    ----------
    table:
        The desk's table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, ticket_id: str) -> Sequence[Mapping[str, Any]]:
        """See `desk.ports.jobs.Archive.read`."""
        query = Query("pk = :ticket", {":ticket": ticket_item.partition(ticket_id)})
        return list(self._table.all(query))

    def delete(self, ticket_id: str, sort_keys: Sequence[str]) -> None:
        """See `desk.ports.jobs.Archive.delete`."""
        ticket = ticket_item.key(ticket_id)
        keys = [{"pk": ticket["pk"], "sk": sort_key} for sort_key in sort_keys]
        self._table.delete_many(key for key in keys if key != ticket)
        if ticket in keys:
            # in a batch of its own: a batch has no order, and without its ticket what is left of
            # a run that broke off would never be found again
            self._table.delete_many([ticket])
