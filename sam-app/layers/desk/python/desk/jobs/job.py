"""What the function runs, and what it hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from desk.domain.jobs import Job
from desk.service.run import Run


@dataclass(frozen=True)
class Report:
    """What a run of a job came to.

    Parameters
    ----------
    done:
        What was done, for the log and for whoever called the function.
    cursor:
        Where the next run begins.
    errors:
        What failed, while everything else was done.
    """

    done: dict[str, Any]
    cursor: Mapping[str, str]
    errors: tuple[Exception, ...]


class Work(Protocol):
    """A job, wired to what it works on."""

    @property
    def job(self) -> Job:
        """Which one."""

    def __call__(self, run: Run) -> Report:
        """Run it once, and write its metrics."""
