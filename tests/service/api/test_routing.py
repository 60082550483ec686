"""What is read of Powertools' resolver that it does not promise to keep."""

from __future__ import annotations

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from desk.api.app import resolver
from desk.api.routing import methods, query_parameters
from tests.service.api.gateway import proxy_event
from tests.service.samples import Context


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tickets", {"GET", "POST"}),
        ("/tickets/01J0", {"GET", "PATCH"}),
        ("/tickets/01J0/watchers/ada", {"PUT", "DELETE"}),
        ("/health", {"GET"}),
        ("/elsewhere", set()),
    ],
)
def test_a_path_has_its_methods(path: str, expected: set[str]) -> None:
    # Given the routes / When a path is looked up / Then it has the methods that it can be sent with
    assert methods(resolver(), path) == expected


def test_a_route_has_its_query_parameters() -> None:
    # Given the routes, and what looks at the route that a request has come to
    app, found = resolver(), []

    def look(app: APIGatewayRestResolver, _: object) -> Response[str]:
        found.append(set(query_parameters(app)))
        return Response(200)

    app.use([look])
    # When a request comes / Then they are those of its query, by the names that they have there
    app.resolve(proxy_event("GET", "/tickets"), Context())
    assert found == [{"team", "assignee", "status", "limit", "page"}]
