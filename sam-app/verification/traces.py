"""What a smoke test leaves in the table, by key: tickets, events, markers, counters.

Keys are all that it reads: the role that deploys is allowed no other attribute (modules/delivery).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verification.keys import (
    EVENT,
    FIRST_STAGE,
    SEEN,
    TEAM_INDEX,
    TICKET,
    Key,
    event_id,
    marker,
    statistics,
    team_tickets,
    typed,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Traces:
    """The items of one team, which nobody else uses.

    Parameters
    ----------
    client:
        A DynamoDB client that may read and delete.
    table:
        The table's name.
    team:
        The team whose items these are.
    """

    client: DynamoDBClient
    table: str
    team: str

    def tickets(self, known: Iterable[str]) -> list[str]:
        """The team's tickets: those known, and those whose creation was never answered."""
        found = self._query(team_tickets(self.team, "new"), index=TEAM_INDEX)
        return sorted({*known, *(pk.removeprefix(TICKET) for pk, _ in found)})

    def uncounted(self, tickets: Iterable[str]) -> list[str]:
        """Events that the processor has not marked as seen yet."""
        markers = [key for ticket in tickets for key in _markers(self._of_ticket(ticket))]
        return [pk.removeprefix(SEEN) for pk, sk in markers if not self._exists((pk, sk))]

    def events(self, ticket: str) -> int:
        """How many events a ticket has had: one for each of its versions."""
        return sum(sk.startswith(EVENT) for _, sk in self._of_ticket(ticket))

    def delete(self, tickets: Iterable[str]) -> int:
        """Delete all items of these tickets and of the team; how many there were."""
        keys = self._query(statistics(self.team))
        for ticket in tickets:
            items = self._of_ticket(ticket)
            keys += [*items, *(key for key in _markers(items) if self._exists(key))]
        for key in keys:
            self.client.delete_item(TableName=self.table, Key=typed(key))
        return len(keys)

    def _of_ticket(self, ticket: str) -> list[Key]:
        return self._query(f"{TICKET}{ticket}")

    def _query(self, partition: str, index: str | None = None) -> list[Key]:
        query: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "#pk = :partition",
            "ProjectionExpression": "pk, sk",
            "ExpressionAttributeNames": {"#pk": f"{index}pk" if index else "pk"},
            "ExpressionAttributeValues": {":partition": {"S": partition}},
            **({"IndexName": index} if index else {"ConsistentRead": True}),
        }
        pages = self.client.get_paginator("query").paginate(**query)
        return [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]

    def _exists(self, key: Key) -> bool:
        return key in self._query(key[0])


def _markers(items: list[Key]) -> list[Key]:
    """The markers of a ticket's events."""
    return [marker(event, FIRST_STAGE) for key in items if (event := event_id(key))]
