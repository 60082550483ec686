"""The scheduled function's entry point: EventBridge's scheduled events."""

from __future__ import annotations

from typing import Any

from desk.runtime.start import loading

with loading():
    import os

    from desk.adapters.objects import S3Objects
    from desk.adapters.secrets import Secret
    from desk.adapters.webhook import webhooks
    from desk.jobs.archive import Archiving
    from desk.jobs.leased import Leased
    from desk.jobs.reconciliation import Reconciliation
    from desk.jobs.scheduled import ScheduledEvents
    from desk.jobs.sweep import Sweep
    from desk.runtime import clients, observability
    from desk.runtime.settings import ScheduledSettings, read
    from desk.store.archive import DynamoArchive
    from desk.store.jobs import DynamoJobs
    from desk.store.statistics import DynamoStatistics
    from desk.store.table import Table
    from desk.store.teams import DynamoTeams
    from desk.store.ticket_lists import DynamoTicketLists
    from desk.store.tickets import DynamoTickets

    SERVICE = "scheduled"

    settings = read(ScheduledSettings, os.environ)
    logger = observability.logger(SERVICE, settings)
    metrics = observability.metrics(SERVICE, settings)
    table = Table(clients.dynamodb(), settings.table_name)
    tickets, lists = DynamoTickets(table), DynamoTicketLists(table)
    secret = Secret(clients.secrets, settings.webhook_secret_arn)
    objects = S3Objects(clients.s3, settings.data_bucket_name)

    sweep = Sweep(tickets, lists, webhooks(settings.webhook_url, secret.current), metrics, logger)
    archiving = Archiving(tickets, lists, DynamoArchive(table), objects, metrics)
    reconciliation = Reconciliation(
        DynamoTeams(table), DynamoStatistics(table), tickets, lists, metrics, logger
    )
    events = ScheduledEvents(
        rules={
            settings.sweep_rule_name: (sweep,),
            settings.nightly_rule_name: (reconciliation, archiving),
        },
        leased=Leased(DynamoJobs(table), logger),
        logger=logger,
    )
    serve = observability.instrumented(SERVICE, settings, metrics, events)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Run the jobs of the rule that fired."""
    return serve(event, context)
