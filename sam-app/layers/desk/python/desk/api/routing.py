"""What Powertools' resolver knows of its routes and does not tell: the one place that looks inside.

Pinned with the layer; `tests/service/api/test_routing.py` fails first where a new version differs.
"""

from __future__ import annotations

from collections.abc import Collection

from aws_lambda_powertools.event_handler import APIGatewayRestResolver


def methods(app: APIGatewayRestResolver, path: str) -> Collection[str]:
    """The methods that there are for a path; none where the path is none."""
    routes = app._static_routes + app._dynamic_routes
    return {route.method for route in routes if route.rule.match(path)}


def query_parameters(app: APIGatewayRestResolver) -> Collection[str]:
    """The query parameters that the present request's route takes."""
    return {field.alias for field in app.context["_route"].dependant.query_params}
