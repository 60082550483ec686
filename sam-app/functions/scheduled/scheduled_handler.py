"""The scheduled function's entry point: EventBridge's scheduled events."""

from __future__ import annotations

import os
from typing import Any

from sweep import SweepRun

from desk.runtime import clients, observability
from desk.runtime.settings import ScheduledSettings, read
from desk.store.tickets import DynamoTickets

SERVICE = "scheduled"

settings = read(ScheduledSettings, os.environ)
logger = observability.logger(SERVICE, settings)
metrics = observability.metrics(SERVICE, settings)
run = SweepRun(DynamoTickets(clients.dynamodb(), settings.table_name), metrics, logger)
serve = observability.instrumented(SERVICE, settings, metrics, run)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sweep once."""
    return serve(event, context)
