"""One run of a job at a time, each from where the last one stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from desk.domain.errors import LeaseLostError
from desk.domain.jobs import HasTime, Lease
from desk.jobs.job import Report, Work
from desk.jobs.tick import Tick
from desk.ports.jobs import Jobs
from desk.service.run import Run


@dataclass(frozen=True)
class Leased:
    """Runs jobs under their leases.

    The lease spares two runs from doing the same work. That nothing is done twice does not depend
    on it: each change is conditional. So it can go by the events' times: a run that is late may be
    overtaken, and then stops where it notices.
    """

    jobs: Jobs
    logger: Logger

    def __call__(self, work: Work, tick: Tick, allowed: timedelta, has_time: HasTime) -> Report:
        """Run a job once, or leave it to whoever holds its lease.

        Parameters
        ----------
        allowed:
            How long the run can take at most: if it is killed, the lease is free after that.
        has_time:
            Asked before each piece of work.
        """
        lease = Lease(work.job, tick.id, tick.at, _in_whole_seconds(tick.at + allowed))
        if not self.jobs.acquire(lease):
            self.logger.info("job left to another run", job=work.job.value)
            return Report({"left_to_another_run": True}, {}, ())
        try:
            return self._run(work, tick, lease, has_time)
        finally:
            self.jobs.release(lease)

    def _run(self, work: Work, tick: Tick, lease: Lease, has_time: HasTime) -> Report:
        cursor = self.jobs.cursor(work.job)
        report = work(Run(tick.id, tick.at, cursor, has_time))
        self.logger.info("job done", job=work.job.value, done=report.done)
        if report.cursor != cursor:
            try:
                self.jobs.move(lease, report.cursor)
            except LeaseLostError:
                # what was done is done; the other run sees that, and moves the cursor
                self.logger.warning("job taken over by another run", job=work.job.value)
        return report


def _in_whole_seconds(instant: datetime) -> datetime:
    # up: as instants are stored it would fall down, before the run's end
    return instant.replace(microsecond=0) + timedelta(seconds=1)
