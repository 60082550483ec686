"""What a batch came to, in metrics."""

from __future__ import annotations

from collections import Counter

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from desk.domain.event import EventType
from desk.runtime import observability


class Figures:
    """Collects what happens in a batch, and writes it once: a line each costs more than the work.

    Parameters
    ----------
    metrics:
        The function's.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._clear()

    def taken(self, kind: EventType, lag_ms: int, *, counted: bool) -> None:
        """An event was taken; it counts as processed only the first time."""
        self._lags.append(lag_ms)
        if counted:
            self._types[kind.value] += 1

    def sent(self, notifications: int) -> None:
        """So many notifications were sent."""
        self._sent += notifications

    def failed(self, stage: str) -> None:
        """A stage could not do its work now."""
        self._failed[stage] += 1

    def quarantined(self) -> None:
        """A record was parked."""
        self._quarantined += 1

    def write(self) -> None:
        """Write what was collected, and begin anew."""
        for lag in self._lags:
            self._metrics.add_metric("RecordLagMs", MetricUnit.Milliseconds, lag)
        for name, count in (
            ("EventsProcessed", self._types.total()),
            ("NotificationsSent", self._sent),
            ("RecordsQuarantined", self._quarantined),
        ):
            if count:
                self._metrics.add_metric(name, MetricUnit.Count, count)
        observability.count_each(self._metrics, "EventsByType", "type", self._types)
        observability.count_each(self._metrics, "StageFailed", "stage", self._failed)
        self._clear()

    def _clear(self) -> None:
        self._lags: list[int] = []
        self._types: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._sent = 0
        self._quarantined = 0
