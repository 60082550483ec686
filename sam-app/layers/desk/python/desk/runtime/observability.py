"""The one place that makes loggers, metrics and tracers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

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


def count_each(metrics: Metrics, name: str, dimension: str, counts: Mapping[str, int]) -> None:
    """Write how often each of some things happened: a dimension more than the other metrics have.

    Written at once, a line for each thing: what stands on one line has the same dimensions.

    Parameters
    ----------
    metrics:
        The function's metrics, whose namespace and dimensions these have too.
    name:
        The metric.
    dimension:
        What the things are.
    counts:
        How often, by thing.
    """
    common = {"service": metrics.service, **metrics.default_dimensions}
    for value, count in counts.items():
        with single_metric(
            name=name,
            unit=MetricUnit.Count,
            value=count,
            namespace=metrics.namespace,
            default_dimensions={**common, dimension: value},
        ):
            pass


def instrumented(service: str, settings: Settings, metrics: Metrics, serve: Handler) -> Handler:
    """The handler: its metrics are written when it is done; it is traced where tracing is on."""

    # traces call it by its name
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            return serve(event, context)
        finally:
            # log_metrics would warn about every invocation that has none
            if metrics.metric_set:
                metrics.flush_metrics()

    return _traced(service, handler) if settings.tracing == "Active" else handler


def _traced(service: str, handler: Handler) -> Handler:
    # imported here: the X-Ray SDK costs a cold start's time, and patches every client library
    from aws_lambda_powertools import Tracer

    tracer = Tracer(service=service)
    traced: Handler = tracer.capture_lambda_handler(handler, capture_response=False)
    return traced
