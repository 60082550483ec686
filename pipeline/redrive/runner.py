"""`baton redrive`: what the command does with an environment, from its credentials to its results.

Only what changes something takes the environment's lock, and asks where it is protected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.adapters.aws import check_account
from pipeline.locking.environment import alone
from pipeline.records.opening import open_environment
from pipeline.redrive.entries import Entry, Result, choose
from pipeline.redrive.redriving import LOOK_S, WORK_S, Waiting, discard, rehearse, replay, waiting
from pipeline.redrive.request import Request, approve, check_can_approve
from pipeline.redrive.sources import Call, sources_of

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.runs.console import Progress
    from pipeline.target import Target


@dataclass(frozen=True)
class Redrive:
    """One run.

    Parameters
    ----------
    request:
        What was asked for; it has been checked.
    days:
        How many days back to look into the quarantine.
    ask:
        Puts a question to a person; None where there is nobody.
    """

    checkout: Checkout
    target: Target
    environment: Environment
    request: Request
    days: int
    ask: Callable[[str], bool] | None = None


def look(run: Redrive) -> Waiting:
    """What waits; nothing is held any more.

    Raises
    ------
    BatonError
        It cannot be told: no stack, no queue, no access, no answer.
    """
    with _opened(run, LOOK_S) as (found, _):
        return found


def show(run: Redrive) -> Any:
    """The one entry that was asked for, whole.

    Raises
    ------
    UsageError
        There is no such entry.
    BatonError
        It cannot be read.
    NotTakenError
        What it leads to is not there any more.
    """
    with _opened(run, LOOK_S) as (found, _):
        (entry,) = choose(found.entries, run.request.ids)
        found.keep([entry])
        return found.source(entry).show(entry)


def work(run: Redrive, progress: Progress) -> list[Result]:
    """Replay or discard what was asked for, or say what that would do.

    Raises
    ------
    UsageError
        There is no such entry, or nobody to approve.
    GateRefusedError
        The answer was no.
    BatonError
        It cannot be gone on with: no stack, no access, no function. What was not reached waits.
    """
    if run.request.dry_run:
        with _opened(run, LOOK_S) as (found, _):
            chosen = _chosen(run, found)
            if run.request.action == "discard":
                return discard(found, chosen, dry_run=True, progress=progress)
            return rehearse(found, chosen, progress)
    command = f"redrive {run.environment.name}"
    with alone(run.target, run.environment, command, progress.say):
        said = _protected(run)
        with _opened(run, WORK_S) as (found, call):
            chosen = _chosen(run, found)
            if said and chosen:
                approve(run.request, len(chosen), run.ask)
            if run.request.action == "discard":
                return discard(found, chosen, dry_run=False, progress=progress)
            return replay(found, chosen, call, progress)


@contextmanager
def _opened(run: Redrive, hold_s: int) -> Iterator[tuple[Waiting, Call]]:
    session = run.target.session(run.environment)
    check_account(session, run.environment)
    sources, call = sources_of(session, run.environment, run.target, run.days)
    with waiting(sources, hold_s) as found:
        yield found, call


def _chosen(run: Redrive, found: Waiting) -> Sequence[Entry]:
    if run.request.everything:
        return found.entries
    chosen = choose(found.entries, run.request.ids)
    found.keep(chosen)
    return [entry for entry in found.entries if entry in chosen]  # in the order of a replay


def _protected(run: Redrive) -> str | None:
    records = open_environment(run.target, run.environment).records
    return check_can_approve(run.request, run.environment, records, run.ask is not None)
