"""The archive as a job."""

from __future__ import annotations

from dataclasses import dataclass

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from desk.domain.jobs import Job
from desk.jobs.job import Report
from desk.ports.jobs import Archive
from desk.ports.objects import Objects
from desk.ports.tickets import TicketLists, Tickets
from desk.service.archive import archive
from desk.service.run import Run


@dataclass(frozen=True)
class Archiving:
    """Moves tickets that were closed long ago to the data bucket."""

    tickets: Tickets
    lists: TicketLists
    stored: Archive
    objects: Objects
    metrics: Metrics
    job: Job = Job.ARCHIVE

    def __call__(self, run: Run) -> Report:
        """See `desk.service.archive`."""
        night = archive(run, self.tickets, self.lists, self.stored, self.objects)
        self.metrics.add_metric("TicketsArchived", MetricUnit.Count, len(night.archived))
        done = {
            "archived": len(night.archived),
            "failed": len(night.errors),
            "complete": night.complete,
        }
        return Report(done, night.cursor, night.errors)
