"""Lists of tickets on DynamoDB (`desk.ports.tickets.TicketLists`): each a Query on an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from desk.domain.paging import Page, Position
from desk.domain.ticket import Status, Ticket
from desk.store import ticket_item
from desk.store.table import Query, Table

# not the decision (that is the ticket's own), but it spares reading what is done
NOT_ESCALATED = "attribute_not_exists(escalated_for) OR escalated_for <> due_at"

IDS = ("pk",)  # what a ticket's id is read from


class DynamoTicketLists:
    """What tickets have in common, as the indexes know it.

    Parameters
    ----------
    table:
        The desk's table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_team(
        self, team: str, status: Status, limit: int, after: Position | None
    ) -> Page[Ticket]:
        """See `desk.ports.tickets.TicketLists.of_team`."""
        query = _of_team(team, status, ticket_item.ATTRIBUTES)
        return self._page(query, limit, after)

    def of_assignee(
        self, user: str, status: Status | None, limit: int, after: Position | None
    ) -> Page[Ticket]:
        """See `desk.ports.tickets.TicketLists.of_assignee`."""
        condition, values = "gsi1pk = :user", {":user": ticket_item.assignee_partition(user)}
        if status is not None:
            condition += " AND begins_with(gsi1sk, :status)"
            values[":status"] = f"{status.value}#"
        query = Query(
            condition,
            values,
            index=ticket_item.ASSIGNEE_INDEX,
            attributes=ticket_item.ATTRIBUTES,
        )
        return self._page(query, limit, after)

    def all_of_team(self, team: str, status: Status) -> Iterator[str]:
        """See `desk.ports.tickets.TicketLists.all_of_team`."""
        return map(ticket_item.ticket_id, self._table.all(_of_team(team, status, IDS)))

    def due(self, hour: str, until: datetime) -> Iterator[str]:
        """See `desk.ports.tickets.TicketLists.due`."""
        return self._by_clock(
            lambda shard: ticket_item.due_partition(hour, shard), until, NOT_ESCALATED
        )

    def solved(self, day: date, until: datetime) -> Iterator[str]:
        """See `desk.ports.tickets.TicketLists.solved`."""
        return self._by_clock(lambda shard: ticket_item.solved_partition(day, shard), until)

    def closed(self, day: date, until: datetime) -> Iterator[str]:
        """See `desk.ports.tickets.TicketLists.closed`."""
        return self._by_clock(lambda shard: ticket_item.closed_partition(day, shard), until)

    def _page(self, query: Query, limit: int, after: Position | None) -> Page[Ticket]:
        items, following = self._table.page(query, limit, after)
        return Page(tuple(map(ticket_item.from_item, items)), following)

    def _by_clock(
        self, partition: Callable[[int], str], until: datetime, filtered: str | None = None
    ) -> Iterator[str]:
        for shard in range(ticket_item.SHARDS):
            query = Query(
                "gsi3pk = :partition AND gsi3sk <= :until",
                {
                    ":partition": partition(shard),
                    ":until": ticket_item.clock_sort(until, ticket_item.LAST),
                },
                index=ticket_item.CLOCK_INDEX,
                filtered=filtered,
                attributes=IDS,
            )
            yield from map(ticket_item.ticket_id, self._table.all(query))


def _of_team(team: str, status: Status, attributes: tuple[str, ...]) -> Query:
    return Query(
        "gsi2pk = :team",
        {":team": ticket_item.team_partition(team, status)},
        index=ticket_item.TEAM_INDEX,
        attributes=attributes,
    )
