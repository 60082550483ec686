"""The reconciliation: each team's counters of running tickets against the tickets themselves.

Counters move when an event comes through the stream, a moment after the ticket. So at any time some
differ from the tickets, and that is no error: only a difference that stays is one. A counter is
repaired where the comparison of an earlier night, half a day ago or more, found the very same
difference for the same priority. Events on their way are other ones then, and make another.

The repair is conditional on the counter's value as it was compared: an event that is counted in
between undoes nothing.

It can still be wrong. Where the stream stood still over two nights, or where as many events as the
night before happen to be on their way, the counter is set to what the tickets say, and the events
move it once more when they come; so do events that are sent again by hand after a repair. That
leaves a difference that stays, and the next two nights put it right.

A night that runs out of time stops, and the next one goes on with the team that it stopped at.
Where that is a night's first, it has more tickets than can be compared in one: it is left out, and
said to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice

from desk.domain.ticket import RUNNING, Priority
from desk.ports.people import Teams
from desk.ports.statistics import Statistics
from desk.ports.tickets import TicketLists, Tickets
from desk.service.effort import Effort
from desk.service.memory import Difference, Memory
from desk.service.run import Run

CHUNK = 100


@dataclass(frozen=True)
class Drift:
    """What was found for a team, what of it had stayed, and what of that was repaired."""

    team: str
    difference: Difference
    stayed: frozenset[Priority]
    repaired: frozenset[Priority]


@dataclass(frozen=True)
class Reconciled:
    """What a night's reconciliation did.

    Parameters
    ----------
    compared:
        How many teams were looked at.
    drifts:
        Those whose counters differ from their tickets.
    complete:
        Whether all teams were looked at that were left of this round.
    cursor:
        What the next night has to know.
    errors:
        What failed; the next round tries again.
    """

    compared: int
    drifts: tuple[Drift, ...]
    complete: bool
    cursor: Mapping[str, str]
    errors: tuple[Exception, ...]

    @property
    def drift(self) -> int:
        """By how much all counters together differ."""
        return sum(abs(by) for each in self.drifts for by in each.difference.values())

    @property
    def stayed(self) -> int:
        """By how much they differ where an earlier night found the same."""
        return sum(abs(each.difference[it]) for each in self.drifts for it in each.stayed)


def reconcile(
    run: Run, teams: Teams, statistics: Statistics, tickets: Tickets, lists: TicketLists
) -> Reconciled:
    """Compare the teams that are left of this round, and repair what has stayed wrong."""
    effort = Effort(run.has_time)
    memory = Memory(run.cursor, run.at)
    comparison = _Comparison(memory, effort, statistics, tickets, lists)
    for team in memory.left_of(teams.all()):
        if not effort.goes_on():
            break
        done = effort.does(partial(comparison.of, team))
        if not done and not effort.complete and comparison.compared:
            break  # time was up in the middle of it
        memory.passed(team)
    else:
        memory.round_done()
    return Reconciled(
        compared=comparison.compared,
        drifts=tuple(comparison.drifts),
        complete=effort.complete,
        cursor=memory.cursor(),
        errors=tuple(effort.errors),
    )


class TooManyTicketsError(Exception):
    """A team has more running tickets than can be compared in the time of a run."""


class _TimeUpError(Exception):
    """There is no time for the rest of a team."""


class _Comparison:
    """Compares one team after the other."""

    def __init__(
        self,
        memory: Memory,
        effort: Effort,
        statistics: Statistics,
        tickets: Tickets,
        lists: TicketLists,
    ) -> None:
        self.compared = 0
        self.drifts: list[Drift] = []
        self._memory = memory
        self._effort = effort
        self._statistics = statistics
        self._tickets = tickets
        self._lists = lists

    def of(self, team: str) -> bool:
        """Compare a team; False where time was up before it was.

        Raises
        ------
        TooManyTicketsError
            So it was, though nothing had been compared before.
        """
        counted = self._statistics.open_tickets(team)
        try:
            there = Counter(self._priorities(team))
        except _TimeUpError:
            if not self.compared:
                raise TooManyTicketsError(f"{team} was not compared: it is too large") from None
            return False
        self._compare(team, counted, there)
        return True

    def _compare(
        self, team: str, counted: Mapping[Priority, int], there: Mapping[Priority, int]
    ) -> None:
        difference = {
            each: by for each in Priority if (by := counted.get(each, 0) - there.get(each, 0)) != 0
        }
        stayed = frozenset(self._memory.stayed(team, difference))
        repaired = frozenset(
            each
            for each in stayed
            if self._statistics.correct(team, each, counted.get(each, 0), there.get(each, 0))
        )
        self._memory.keep(
            team, {each: by for each, by in difference.items() if each not in repaired}
        )
        self.compared += 1
        if difference:
            self.drifts.append(Drift(team, difference, stayed, repaired))

    def _priorities(self, team: str) -> Iterator[Priority]:
        """Of each of a team's running tickets."""
        # a set: a ticket that changes its status meanwhile may be in two lists
        listed: set[str] = set()
        for status in RUNNING:
            for chunk in self._in_time(self._lists.all_of_team(team, status)):
                listed.update(chunk)
        for chunk in self._in_time(sorted(listed)):
            for ticket in self._tickets.get_many(chunk).values():
                if ticket.team == team and ticket.status.running:
                    yield ticket.priority

    def _in_time(self, ticket_ids: Iterable[str]) -> Iterator[list[str]]:
        rest = iter(ticket_ids)
        while chunk := list(islice(rest, CHUNK)):
            if not self._effort.goes_on():
                raise _TimeUpError
            yield chunk
