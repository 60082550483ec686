"""The one place that makes loggers, metrics and tracers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from desk.runtime.settings import Settings

NAMESPACE = "Desk"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def logger(service: str, settings: Settings) -> Logger:
    """A JSON logger; every line says which service and environment it comes from."""
    made = Logger(service=service)
    made.append_keys(environment=settings.environment)
    return made


def metrics(service: str, settings: Settings) -> Metrics:
    """Metrics in the embedded metric format: written to the log, no call to CloudWatch."""
    made = Metrics(namespace=NAMESPACE, service=service)
    made.set_default_dimensions(environment=settings.environment)
    return made


def instrumented(service: str, settings: Settings, metrics: Metrics, handler: Handler) -> Handler:
    """The handler, its metrics written when it is done, traced where tracing is on."""

    def instrument(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            return handler(event, context)
        finally:
            # log_metrics would warn about every invocation that has none
            if metrics.metric_set:
                metrics.flush_metrics()

    return _traced(service, instrument) if settings.tracing == "Active" else instrument


def _traced(service: str, handler: Handler) -> Handler:
    # imported here: the X-Ray SDK costs a cold start's time, and patches every client library
    from aws_lambda_powertools import Tracer

    tracer = Tracer(service=service)
    traced: Handler = tracer.capture_lambda_handler(handler, capture_response=False)
    return traced
