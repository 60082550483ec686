"""The API as a callable: the routes, and what each error is to the client."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from api_problems import field_errors, problem, proxy_result
from api_request import body_refused, correlation_id
from api_routes import Desk, router
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from desk.domain.errors import TicketNotFoundError

RETRY_AFTER_SECONDS = 1


class Api:
    """Answers API Gateway's proxy events; whatever happens, with an answer.

    Parameters
    ----------
    desk:
        What the routes work with.
    logger:
        Told of every unexpected error, with the request's correlation id.
    """

    def __init__(self, desk: Desk, logger: Logger) -> None:
        self._desk = desk
        self._logger = logger
        self._app = APIGatewayRestResolver(enable_validation=True)
        self._app.include_router(router)
        for kind, answer in {
            TicketNotFoundError: self._no_such_ticket,
            NotFoundError: self._no_such_route,
            RequestValidationError: self._invalid,
            IdempotencyValidationError: self._key_reused,
            IdempotencyAlreadyInProgressError: self._in_progress,
            Exception: self._unexpected,
        }.items():
            self._app.exception_handler(kind)(answer)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request."""
        request = APIGatewayProxyEvent(event)
        identity = correlation_id(request)
        self._logger.set_correlation_id(identity)
        refused = body_refused(request)
        if refused:
            return proxy_result(problem(*refused, identity))
        self._desk.once.register(context)
        self._app.append_context(desk=self._desk)  # type: ignore[no-untyped-call]
        return self._app.resolve(event, context)

    def _no_such_ticket(self, error: TicketNotFoundError) -> Response[str]:
        return self._problem(HTTPStatus.NOT_FOUND, str(error))

    def _no_such_route(self, _: NotFoundError) -> Response[str]:
        return self._problem(HTTPStatus.NOT_FOUND, "there is no such route")

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        found = error.errors()
        if any(entry["loc"][0] == "path" for entry in found):
            return self._problem(HTTPStatus.NOT_FOUND, "no resource can have this path")
        detail = "the request does not fit the route's schema"
        return self._problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, found)

    def _key_reused(self, _: IdempotencyValidationError) -> Response[str]:
        detail = "this Idempotency-Key was used for another body"
        return self._problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)

    def _in_progress(self, _: IdempotencyAlreadyInProgressError) -> Response[str]:
        response = self._problem(
            HTTPStatus.CONFLICT, "the first request with this Idempotency-Key is still running"
        )
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response

    def _unexpected(self, _: Exception) -> Response[str]:
        self._logger.exception("request failed")
        return self._problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the request could not be served")

    def _problem(
        self, status: HTTPStatus, detail: str, errors: Sequence[dict[str, Any]] = ()
    ) -> Response[str]:
        identity = correlation_id(self._app.current_event)
        return problem(status, detail, identity, errors=field_errors(errors))
