"""Jobs that run by the clock: one run at a time, each going on where the last one stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Job(StrEnum):
    """The jobs there are."""

    SWEEP = "sweep"
    ARCHIVE = "archive"
    RECONCILE = "reconcile"


# Asked before each piece of work: whether there is time for one more.
HasTime = Callable[[], bool]


@dataclass(frozen=True)
class Lease:
    """The right to run a job, for some time.

    Parameters
    ----------
    job:
        The job.
    owner:
        Who holds it: the id of the event that started the run, so that a delivery of the same
        event again may go on.
    taken_at:
        The run's own time (the event's, never the clock's).
    expires_at:
        When it falls to anybody, should the run have died.
    """

    job: Job
    owner: str
    taken_at: datetime
    expires_at: datetime
