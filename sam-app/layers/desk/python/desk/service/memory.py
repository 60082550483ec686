"""What the reconciliation remembers from night to night."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from desk.domain import instants
from desk.domain.teams import is_real
from desk.domain.ticket import Priority

# Two nights, the first of which began late.
APART = timedelta(hours=12)
# The cursor is one item, and that has an end. Where more teams than these differ, the others are
# remembered once some of these are repaired.
REMEMBERED_TEAMS = 200

# By how much each priority's counter is too high, or, below zero, too low.
Difference = Mapping[Priority, int]


class Memory:
    """Which teams this round has compared, and by how much each differed when it was last compared.

    Parameters
    ----------
    cursor:
        As the last run left it.
    at:
        This run's own time.
    """

    def __init__(self, cursor: Mapping[str, str], at: datetime) -> None:
        self._at = instants.text(at)
        self._long_ago = instants.text(at - APART)
        self._last_run = cursor.get("at", "")
        self._after = cursor.get("after", "")
        self._teams: dict[str, dict[str, Any]] = json.loads(cursor.get("teams", "{}"))

    def left_of(self, teams: Collection[str]) -> list[str]:
        """The teams still to be compared, in order.

        None in a run before the last one, or in one like the last when that came to the end. The
        teams that smoke tests make up are nobody's.
        """
        if self._at < self._last_run or (self._at == self._last_run and not self._after):
            return []
        real = filter(is_real, teams)
        return sorted(team for team in real if team > self._after)

    def stayed(self, team: str, difference: Difference) -> list[Priority]:
        """The priorities that differ now by what they differed by on an earlier night."""
        last = self._teams.get(team)
        if last is None or last["at"] > self._long_ago:
            return []
        return [each for each, by in difference.items() if last["by"].get(each.value) == by]

    def keep(self, team: str, difference: Difference) -> None:
        """Remember by how much a team differs, and since which run it has been just that."""
        last = self._teams.pop(team, None)
        if difference and len(self._teams) < REMEMBERED_TEAMS:
            by = {each.value: by for each, by in difference.items()}
            since = last["at"] if last is not None and last["by"] == by else self._at
            self._teams[team] = {"at": since, "by": by}

    def passed(self, team: str) -> None:
        """Go on behind this team."""
        self._last_run, self._after = self._at, team

    def round_done(self) -> None:
        """Begin with the first team again."""
        if self._at >= self._last_run:
            self._last_run, self._after = self._at, ""

    def cursor(self) -> dict[str, str]:
        """What the next run has to know."""
        return {"at": self._last_run, "after": self._after, "teams": json.dumps(self._teams)}
