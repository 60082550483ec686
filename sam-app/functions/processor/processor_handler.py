"""The processor's entry point: batches of the table's stream, filtered to new events."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from ordered_batch import OrderedBatchProcessor
from stages import Stages

from desk.notify.topic import SnsNotifier
from desk.runtime import clients, observability
from desk.runtime.settings import ProcessorSettings, read
from desk.store.statistics import DynamoStatistics

SERVICE = "processor"

settings = read(ProcessorSettings, os.environ)
logger = observability.logger(SERVICE, settings)
metrics = observability.metrics(SERVICE, settings)
stages = Stages(
    statistics=DynamoStatistics(clients.dynamodb(), settings.table_name),
    notifier=SnsNotifier(clients.sns(), settings.notifications_topic_arn),
    metrics=metrics,
    logger=logger,
    clock=lambda: datetime.now(UTC),
)
processor = OrderedBatchProcessor()


def process(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch; what it answers names the first failed record, if any."""
    return dict(process_partial_response(event, stages, processor, context))


serve = observability.instrumented(SERVICE, settings, metrics, process)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch."""
    return serve(event, context)
