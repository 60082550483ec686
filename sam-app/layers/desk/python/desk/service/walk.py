"""Going through tickets that stand under spans of time: an hour of the clock, or a day.

A job remembers the span up to which everything is done, and begins there the next time. So a span
is left behind only when each of its tickets was seen to: one that failed, that somebody changed
meanwhile, or that there was no time for keeps it in front.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from desk.domain.ticket import Ticket
from desk.ports.tickets import Tickets
from desk.service.effort import Effort

Span = TypeVar("Span")

# Read in one go. More would lie longer between being read and being written, while others change
# them.
CHUNK = 25


@dataclass(frozen=True)
class Walk:
    """Sees to the tickets of one span after the other.

    Parameters
    ----------
    tickets:
        Where the tickets are read: the lists lag behind, so no more than an id is taken from them.
    effort:
        When it is over, the walk ends.
    """

    tickets: Tickets
    effort: Effort

    def through(
        self,
        spans: Iterable[Span],
        listed: Callable[[Span], Iterable[str]],
        see_to: Callable[[Ticket], bool],
    ) -> Span | None:
        """See to the tickets of each span.

        Parameters
        ----------
        spans:
            In the order of time.
        listed:
            The ids under a span; of tickets that are gone by now, too.
        see_to:
            Does what is to be done for a ticket; False where it has to be seen to again.

        Returns
        -------
        Span or None
            The first span that is not done.
        """
        first_open = None
        for span in spans:
            done = self._see_to_all(span, listed, see_to)
            if not done and first_open is None:
                first_open = span
            if not self.effort.complete:
                break
        return first_open

    def _see_to_all(
        self,
        span: Span,
        listed: Callable[[Span], Iterable[str]],
        see_to: Callable[[Ticket], bool],
    ) -> bool:
        # a list can fail, too
        return self.effort.goes_on() and self.effort.does(
            lambda: self._see_to_each(listed(span), see_to)
        )

    def _see_to_each(self, ticket_ids: Iterable[str], see_to: Callable[[Ticket], bool]) -> bool:
        done = True
        for ticket in self._read(ticket_ids):
            if not self.effort.goes_on():
                return False
            done &= self.effort.does(partial(see_to, ticket))
        return done

    def _read(self, ticket_ids: Iterable[str]) -> Iterator[Ticket]:
        rest = iter(ticket_ids)
        while chunk := list(islice(rest, CHUNK)):
            found = self.tickets.get_many(chunk)
            yield from (found[each] for each in chunk if each in found)
