"""The API function's entry point: API Gateway's REST proxy events."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from api_app import Api
from api_idempotency import Once
from api_routes import Desk
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

from desk.runtime import clients, observability
from desk.runtime.settings import ApiSettings, read
from desk.store.statistics import DynamoStatistics
from desk.store.tickets import DynamoTickets

SERVICE = "api"

settings = read(ApiSettings, os.environ)
logger = observability.logger(SERVICE, settings)
metrics = observability.metrics(SERVICE, settings)
dynamodb = clients.dynamodb()
api = Api(
    Desk(
        tickets=DynamoTickets(dynamodb, settings.table_name),
        statistics=DynamoStatistics(dynamodb, settings.table_name),
        once=Once(DynamoDBPersistenceLayer(settings.idempotency_table_name, boto3_client=dynamodb)),
        metrics=metrics,
        clock=lambda: datetime.now(UTC),
        revision=settings.revision,
    ),
    logger,
)
serve = observability.instrumented(SERVICE, settings, metrics, api)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request."""
    return serve(event, context)
