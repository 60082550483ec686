"""What is done for each event of the stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from desk.domain.errors import NotNotifiedError, PermanentEventError
from desk.domain.event import Event
from desk.domain.notifying import concerns_people
from desk.ports import Notifier, Statistics
from desk.store import event_item
from desk.store.attributes import plain

MILLISECONDS = 1000


@dataclass(frozen=True)
class Stages:
    """Takes one record of the stream through its stages: aggregate, then notify.

    The counters move exactly once for an event. Announcing it comes after, and at least once: an
    event whose announcement failed is reported, comes again, is not counted again, but announced.

    What fails is raised, and ends the batch: as the checkpoint of the next one where records went
    before it, as the function's own failure where it is the first (see OrderedBatchProcessor).
    Lambda halves what failed until the record is alone.

    A record that can never be processed (unknown type or schema) is counted as refused, at each
    try, logged, and fails like any other: alone, after the mapping's finite retries, Lambda sends
    it to the on-failure queue, which is alarmed, and the shard goes on. Nothing is dropped
    silently.
    """

    statistics: Statistics
    notifier: Notifier
    metrics: Metrics
    logger: Logger
    clock: Callable[[], datetime]

    def __call__(self, record: DynamoDBRecord) -> None:
        """Process one record.

        Raises
        ------
        PermanentEventError
            It is no event that is known here; nothing was counted.
        NotNotifiedError
            It is counted, but not known to be announced.
        """
        event = self._read(record)
        self.logger.set_correlation_id(event.correlation_id)
        now = self.clock()
        counted = self.statistics.count(event, now)
        lag = max(0, int((now - event.occurred_at).total_seconds() * MILLISECONDS))
        self.metrics.add_metric("RecordLagMs", MetricUnit.Milliseconds, lag)
        if counted:
            self.metrics.add_metric("EventsProcessed", MetricUnit.Count, 1)
        notified = self._notify(event)
        self.logger.info(
            "event taken",
            event_id=event.id,
            type=event.type.value,
            counted=counted,
            notified=notified,
        )

    def _notify(self, event: Event) -> bool:
        if not concerns_people(event):
            return False
        try:
            self.notifier.notify(event)
        except NotNotifiedError as error:
            self.logger.warning("event not announced", event_id=event.id, code=error.code)
            raise
        self.metrics.add_metric("NotificationsSent", MetricUnit.Count, 1)
        return True

    def _read(self, record: DynamoDBRecord) -> Event:
        # the raw image: Powertools' new_image has deserialized it in a way of its own
        image: dict[str, Any] = record.raw_event.get("dynamodb", {}).get("NewImage", {})
        try:
            return event_item.from_item(plain(image))
        except PermanentEventError:
            self.metrics.add_metric("EventsRefused", MetricUnit.Count, 1)
            self.logger.exception("event refused", event_id=record.event_id)
            raise
