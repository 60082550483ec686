"""The processor's entry point: batches of the table's stream, filtered to new events."""

from __future__ import annotations

from typing import Any

from desk.runtime.start import loading

with loading():
    import os
    from datetime import UTC, datetime

    from desk.adapters.event_bus import EventBridgeBus
    from desk.adapters.objects import S3Objects
    from desk.adapters.topic import SnsNotifier
    from desk.processing.batches import Batches
    from desk.processing.figures import Figures
    from desk.processing.quarantine import Parking
    from desk.processing.stages import Stages
    from desk.runtime import clients, observability
    from desk.runtime.settings import ProcessorSettings, read
    from desk.store.progress import DynamoProgress
    from desk.store.quarantine import DynamoQuarantine
    from desk.store.statistics import DynamoStatistics
    from desk.store.table import Table
    from desk.store.watchers import DynamoWatchers

    SERVICE = "processor"

    def clock() -> datetime:
        """The time."""
        return datetime.now(UTC)

    settings = read(ProcessorSettings, os.environ)
    logger = observability.logger(SERVICE, settings)
    metrics = observability.metrics(SERVICE, settings)
    figures = Figures(metrics)
    table = Table(clients.dynamodb(), settings.table_name)
    stages = Stages(
        statistics=DynamoStatistics(table),
        progress=DynamoProgress(table),
        watchers=DynamoWatchers(table),
        notifier=SnsNotifier(clients.sns, settings.notifications_topic_arn),
        event_bus=EventBridgeBus(clients.events, settings.event_bus_name, settings.environment),
        figures=figures,
        logger=logger,
        clock=clock,
    )
    parking = Parking(
        objects=S3Objects(clients.s3, settings.data_bucket_name),
        quarantine=DynamoQuarantine(table),
        figures=figures,
        logger=logger,
        clock=clock,
    )
    batches = Batches(stages, parking, figures, logger)
    serve = observability.instrumented(SERVICE, settings, metrics, batches)
    # every event is published; nobody may watch any, and nothing may be parked
    clients.events()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch."""
    return serve(event, context)
