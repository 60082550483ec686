"""The API as a callable: the routes, and what is done around them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from desk.api import comment_routes, health_routes, list_routes, team_routes, ticket_routes
from desk.api.context import Dependencies
from desk.api.failures import problem_of
from desk.api.problems import Problem, RefusedError, proxy_result, response
from desk.api.request import correlation_id, parsed, plain_path, with_plain_body
from desk.api.routing import methods, query_parameters

ROUTERS = (
    ticket_routes.router,
    list_routes.router,
    comment_routes.router,
    team_routes.router,
    health_routes.router,
)
OURS = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the request could not be served")


class Api:
    """Answers API Gateway's proxy events; whatever happens, with an answer.

    Parameters
    ----------
    dependencies:
        What the routes work with. Its logger is told of every unexpected error, with the
        request's correlation id.
    """

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._logger = dependencies.logger
        self._app = resolver()
        self._app.exception_handler(Exception)(self._failed)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request."""
        identity = correlation_id(APIGatewayProxyEvent(event))
        self._logger.set_correlation_id(identity)
        try:
            path = plain_path(event["path"])
            self._must_be_a_route(event["httpMethod"], path)
            event = with_plain_body({**event, "path": path})
        except RefusedError as error:
            return proxy_result(response(error.problem, identity))
        self._dependencies.once.register(context)
        self._app.append_context(  # type: ignore[no-untyped-call]
            dependencies=self._dependencies, correlation_id=identity
        )
        return self._app.resolve(event, context)

    def _must_be_a_route(self, method: str, path: str) -> None:
        # Powertools does not tell a path that there is not from a method that it has not
        allowed = sorted(methods(self._app, path))
        # Powertools' patterns would take a line break behind a path for its end
        if not allowed or not path.isprintable():
            raise RefusedError(Problem(HTTPStatus.NOT_FOUND, "there is no such route"))
        if method.upper() not in allowed:
            detail = f"the route has no {method.upper()[:10]}"
            headers = {"Allow": ", ".join(allowed)}
            raise RefusedError(Problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers=headers))

    def _failed(self, error: Exception) -> Response[str]:
        problem = problem_of(error)
        if problem is None:
            self._logger.exception("request failed")
        elif problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._logger.warning("request failed for now", exc_info=error)
        return response(problem or OURS, self._app.context["correlation_id"])


def resolver() -> APIGatewayRestResolver:
    """The routes, with nothing behind them yet."""
    app = APIGatewayRestResolver(enable_validation=True, json_body_deserializer=parsed)
    app.use([_only_known_parameters])
    for router in ROUTERS:
        app.include_router(router)
    return app


def _only_known_parameters(
    app: APIGatewayRestResolver, next_middleware: Callable[..., Response[str]]
) -> Response[str]:
    sent = app.current_event.resolved_query_string_parameters
    unknown = sorted(sent.keys() - query_parameters(app))
    if unknown:
        raise RequestValidationError(
            [{"loc": ("query", name), "msg": "there is no such parameter"} for name in unknown]
        )
    return next_middleware(app)
