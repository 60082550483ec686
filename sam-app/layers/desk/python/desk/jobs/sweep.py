"""The sweep as a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from desk.domain.jobs import HasTime, Job
from desk.jobs.job import Report
from desk.ports.jobs import Webhook
from desk.ports.tickets import TicketLists, Tickets
from desk.service.run import Run
from desk.service.sweep import Swept, sweep

# The outside system, for one run: for as long as it has time.
Webhooks = Callable[[HasTime], Webhook]


@dataclass(frozen=True)
class Sweep:
    """Escalates and closes tickets."""

    tickets: Tickets
    lists: TicketLists
    webhooks: Webhooks
    metrics: Metrics
    logger: Logger
    job: Job = Job.SWEEP

    def __call__(self, run: Run) -> Report:
        """See `desk.service.sweep`."""
        webhook = self.webhooks(run.has_time)
        swept = sweep(run, self.tickets, self.lists, webhook)
        for name, unit, value in (
            ("TicketsEscalated", MetricUnit.Count, len(swept.escalated)),
            ("TicketsAutoClosed", MetricUnit.Count, len(swept.closed)),
            ("SweepLagS", MetricUnit.Seconds, swept.lag.total_seconds()),
            ("WebhookFailed", MetricUnit.Count, len(swept.undelivered)),
        ):
            self.metrics.add_metric(name, unit, value)
        if swept.undelivered:
            # one line, however many: an outside system that is down is down for all
            codes = Counter(error.code for error in swept.undelivered)
            self.logger.warning("escalations not told to the webhook", codes=dict(codes))
        return Report(_done(swept), swept.cursor, swept.errors)


def _done(swept: Swept) -> dict[str, int | bool]:
    return {
        "escalated": len(swept.escalated),
        "closed": len(swept.closed),
        "contended": len(swept.contended),
        "undelivered": len(swept.undelivered),
        "failed": len(swept.errors),
        "complete": swept.complete,
    }
