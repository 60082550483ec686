"""What a run of a job is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.domain.jobs import HasTime


@dataclass(frozen=True)
class Run:
    """One run of a job.

    Parameters
    ----------
    id:
        The id of the event that started it; the same again when that event is delivered again.
    at:
        The event's own time: what is due, and what was done, is as of then.
    cursor:
        Where the job's last run stopped; empty before the first.
    has_time:
        Asked before each piece of work.
    """

    id: str
    at: datetime
    cursor: Mapping[str, str]
    has_time: HasTime
