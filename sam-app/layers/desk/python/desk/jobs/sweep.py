"""The sweep: escalates what is overdue, as of the time that the rule says it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent

from desk import service
from desk.domain import instants
from desk.domain.ticket import Cause
from desk.ports import Tickets

ACTOR = "schedule:sweep"
# What one more ticket may take, DynamoDB's time-outs and retries included.
SPARE_MILLISECONDS = 10_000


@dataclass(frozen=True)
class SweepRun:
    """Answers an EventBridge scheduled event with a sweep."""

    tickets: Tickets
    metrics: Metrics
    logger: Logger

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Sweep once; answers what was done.

        The event's own time counts, never the clock: an event delivered late or twice does what
        it would have done on time.

        Raises
        ------
        ValueError
            The event carries no time.
        """
        tick = EventBridgeEvent(event)
        cause = Cause(ACTOR, instants.parse(tick.time), correlation_id=tick.get_id)
        self.logger.set_correlation_id(cause.correlation_id)
        sweep = service.escalate_overdue(
            self.tickets,
            cause,
            has_time=lambda: context.get_remaining_time_in_millis() > SPARE_MILLISECONDS,
        )
        self.metrics.add_metric("TicketsEscalated", MetricUnit.Count, len(sweep.escalated))
        done = {
            "escalated": len(sweep.escalated),
            "contended": len(sweep.contended),
            "complete": sweep.complete,
        }
        self.logger.info("sweep done", sweep=done)
        return done
