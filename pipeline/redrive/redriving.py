"""What is done with what waits: rehearsed, replayed or discarded, one entry after the other.

Ctrl-C at any time leaves everything replayable: an entry is taken out only after the function has
taken what it stands for, and both functions do nothing twice; whoever reads the event inbox gets
some events twice anyway, with the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pipeline.redrive.entries import Entry, NotTakenError, Outcome, Result, in_order
from pipeline.redrive.sources import Call, Source
from pipeline.runs.console import Progress, stopwatch

LOOK_S = 120  # a list is read in seconds, and gives back what it holds
# A message is held anew before its turn, and no function runs for more than 900 s.
WORK_S = 1200


@dataclass(frozen=True)
class Waiting:
    """All that waits in an environment.

    Parameters
    ----------
    entries:
        In the order in which they would be replayed.
    others:
        About how many more somebody else holds at the moment.
    """

    entries: list[Entry]
    others: int
    _origin: Mapping[str, Source]

    def source(self, entry: Entry) -> Source:
        """Where an entry comes from."""
        return self._origin[entry.id]

    def keep(self, chosen: Sequence[Entry]) -> None:
        """Hold the chosen ones only."""
        ids = {entry.id for entry in chosen}
        for source in set(self._origin.values()):
            mine = [entry for entry in self.entries if self.source(entry) is source]
            source.let_go([entry for entry in mine if entry.id not in ids])


@contextmanager
def waiting(sources: Mapping[str, Source], hold_s: int) -> Iterator[Waiting]:
    """Read all sources; messages are held meanwhile, and those left are given back in the end.

    Parameters
    ----------
    sources:
        By name.
    hold_s:
        For how many seconds to hold them.

    Raises
    ------
    BatonError
        A source cannot be read.
    """
    with ExitStack() as stack:
        origin: dict[str, Source] = {}
        entries: list[Entry] = []
        for source in sources.values():
            found = stack.enter_context(source.entries(hold_s))
            origin |= {entry.id: source for entry in found}
            entries += found
        others = sum(source.others() for source in sources.values())
        yield Waiting(in_order(entries), others, origin)


def rehearse(waiting: Waiting, chosen: Sequence[Entry], progress: Progress) -> list[Result]:
    """What a replay would do with each entry; reads records, calls nothing, takes nothing out."""

    def would(entry: Entry) -> str:
        source = waiting.source(entry)
        sent = source.prepare(entry)
        if sent is None:
            return "would be taken out: the processor has taken it already"
        records = len(sent["Records"]) if isinstance(sent, dict) and "Records" in sent else 1
        return f"would go to {source.taker(entry)}, {records} in all"

    return [_told(entry, would, progress) for entry in chosen]


def replay(
    waiting: Waiting, chosen: Sequence[Entry], call: Call, progress: Progress
) -> list[Result]:
    """Hand entries to what takes them again, one after the other; take out what was taken.

    An entry that fails stays, and the next one follows: Lambda, too, has gone on without it.

    Raises
    ------
    BatonError
        What concerns all of them: credentials that have expired, a function or queue that is gone.
    """

    def again(entry: Entry) -> str:
        source = waiting.source(entry)
        source.hold(entry)
        sent = source.prepare(entry)
        if sent is None:
            detail = "the processor had taken it already"
        else:
            detail = source.settle(entry, sent, call(source.taker(entry), sent))
        source.remove(entry)
        return detail

    return [_told(entry, again, progress) for entry in chosen]


def discard(
    waiting: Waiting, chosen: Sequence[Entry], dry_run: bool, progress: Progress
) -> list[Result]:
    """Take entries out without handing them to anybody."""

    def away(entry: Entry) -> str:
        if dry_run:
            return "would be discarded"
        source = waiting.source(entry)
        source.hold(entry)
        source.remove(entry)
        return "discarded"

    return [_told(entry, away, progress) for entry in chosen]


def _told(entry: Entry, do: Callable[[Entry], str], progress: Progress) -> Result:
    started = stopwatch()
    outcome: Outcome = "failed"
    detail = "interrupted: it is as it was"
    try:
        with progress.step(entry.id):
            detail = do(entry)
        outcome = "done"
    except NotTakenError as error:
        detail = error.detail
    finally:
        progress.end(entry.source, outcome, stopwatch() - started, f"{entry.id}: {detail}")
    return Result(entry.id, entry.source, outcome, detail)
