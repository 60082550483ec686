"""Going through tickets that stand under spans of time: an hour of the clock, or a day.

A job remembers the span up to which everything is done, and begins there the next time. So a span
is left behind only when each of its tickets was seen to: one that failed, that somebody changed
meanwhile, or that there was no time for keeps it in front. Those behind it are seen to all the
same.
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
        for ticket_id, work in self._pieces(ticket_ids, see_to):
            if not self.effort.goes_on():
                return False
            done &= self.effort.does(partial(_named, ticket_id, work))
        return done

    def _pieces(
        self, ticket_ids: Iterable[str], see_to: Callable[[Ticket], bool]
    ) -> Iterator[tuple[str, Callable[[], bool]]]:
        rest = iter(ticket_ids)
        while chunk := list(islice(rest, CHUNK)):
            try:
                found = self.tickets.get_many(chunk)
            except Exception:  # noqa: BLE001 - one by one, it shows what fails
                # one that cannot be read fails the whole chunk, and the others are not to wait
                yield from ((each, partial(self._read_and_see_to, each, see_to)) for each in chunk)
            else:
                yield from ((each, partial(see_to, found[each])) for each in chunk if each in found)

    def _read_and_see_to(self, ticket_id: str, see_to: Callable[[Ticket], bool]) -> bool:
        found = self.tickets.get_many([ticket_id])
        return all(map(see_to, found.values()))


def _named(ticket_id: str, work: Callable[[], bool]) -> bool:
    try:
        return work()
    except Exception as error:
        error.add_note(f"ticket {ticket_id}")
        raise
