"""The reconciliation as a job."""

from __future__ import annotations

from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from desk.domain.jobs import Job
from desk.jobs.job import Report
from desk.ports.people import Teams
from desk.ports.statistics import Statistics
from desk.ports.tickets import TicketLists, Tickets
from desk.service.reconciliation import Drift, reconcile
from desk.service.run import Run


@dataclass(frozen=True)
class Reconciliation:
    """Holds the teams' counters against their tickets."""

    teams: Teams
    statistics: Statistics
    tickets: Tickets
    lists: TicketLists
    metrics: Metrics
    logger: Logger
    job: Job = Job.RECONCILE

    def __call__(self, run: Run) -> Report:
        """See `desk.service.reconciliation`."""
        night = reconcile(run, self.teams, self.statistics, self.tickets, self.lists)
        self.metrics.add_metric("CounterDrift", MetricUnit.Count, night.drift)
        self.metrics.add_metric("CounterDriftStayed", MetricUnit.Count, night.stayed)
        for drift in night.drifts:
            self._tell(drift)
        done = {
            "compared": night.compared,
            "drifting": len(night.drifts),
            "repaired": sum(len(drift.repaired) for drift in night.drifts),
            "failed": len(night.errors),
            "complete": night.complete,
        }
        return Report(done, night.cursor, night.errors)

    def _tell(self, drift: Drift) -> None:
        self.logger.warning(
            "counters differ from the tickets",
            team=drift.team,
            too_high_by={each.value: by for each, by in drift.difference.items()},
            stayed=sorted(each.value for each in drift.stayed),
            repaired=sorted(each.value for each in drift.repaired),
        )
