"""The teams on DynamoDB (`desk.ports.people.Teams`): TEAMS / META, a set in one item."""

from __future__ import annotations

from desk.domain.errors import NotAllowedError
from desk.store import teams_item
from desk.store.table import Table

TEAM_LIMIT = 1000  # names of up to 40 letters: the item stays far below DynamoDB's 400 KB


class DynamoTeams:
    """The teams; those that are known here are not written again.

    Parameters
    ----------
    table:
        The desk's table.
    limit:
        How many teams there can be.
    """

    def __init__(self, table: Table, limit: int = TEAM_LIMIT) -> None:
        self._table = table
        self._limit = limit
        self._known: set[str] = set()

    def register(self, team: str) -> None:
        """See `desk.ports.people.Teams.register`."""
        if team in self._known:
            return
        added = self._table.update(
            teams_item.key(),
            f"ADD {teams_item.NAMES} :teams",
            f"attribute_not_exists({teams_item.NAMES}) OR contains({teams_item.NAMES}, :team)"
            f" OR size({teams_item.NAMES}) < :limit",
            {":teams": {team}, ":team": team, ":limit": self._limit},
        )
        if not added:
            raise NotAllowedError(f"there can be {self._limit} teams, not more")
        self._known.add(team)

    def all(self) -> frozenset[str]:
        """See `desk.ports.people.Teams.all`."""
        item = self._table.get(teams_item.key())
        return teams_item.from_item(item) if item else frozenset()
