"""The API function's entry point: API Gateway's REST proxy events."""

from __future__ import annotations

from typing import Any

from desk.runtime.start import loading

with loading():
    import os
    from datetime import UTC, datetime

    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

    from desk.adapters.secrets import Secret
    from desk.api.app import Api
    from desk.api.context import Dependencies
    from desk.api.idempotency import Once
    from desk.api.page_tokens import PageTokens
    from desk.runtime import clients, observability
    from desk.runtime.settings import ApiSettings, read
    from desk.store.statistics import DynamoStatistics
    from desk.store.table import Table
    from desk.store.teams import DynamoTeams
    from desk.store.ticket_lists import DynamoTicketLists
    from desk.store.tickets import DynamoTickets
    from desk.store.watchers import DynamoWatchers

    SERVICE = "api"

    def clock() -> datetime:
        """The time."""
        return datetime.now(UTC)

    settings = read(ApiSettings, os.environ)
    logger = observability.logger(SERVICE, settings)
    metrics = observability.metrics(SERVICE, settings)
    dynamodb = clients.dynamodb()
    table = Table(dynamodb, settings.table_name)
    records = DynamoDBPersistenceLayer(settings.idempotency_table_name, boto3_client=dynamodb)
    dependencies = Dependencies(
        tickets=DynamoTickets(table),
        lists=DynamoTicketLists(table),
        watchers=DynamoWatchers(table),
        teams=DynamoTeams(table),
        statistics=DynamoStatistics(table),
        once=Once(records, clock),
        page_tokens=PageTokens(Secret(clients.secrets, settings.page_token_secret_arn), clock),
        metrics=metrics,
        logger=logger,
        clock=clock,
        revision=settings.revision,
    )
    serve = observability.instrumented(SERVICE, settings, metrics, Api(dependencies))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request."""
    return serve(event, context)
