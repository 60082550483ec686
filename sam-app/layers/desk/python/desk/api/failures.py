"""What each error is to the client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from desk.api.problems import Problem, RefusedError, field_errors
from desk.domain.errors import (
    BusyError,
    ContendedTicketError,
    NotAllowedError,
    StaleTicketError,
    TicketNotFoundError,
)
from desk.runtime.aws_errors import may_pass

RETRY_AFTER = {"Retry-After": "1"}  # seconds


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error is, or None where it is a fault of ours."""
    for kind, problem in _PROBLEMS.items():
        if isinstance(error, kind):
            return problem(error)
    if any(map(_is_passing, _chain(error))):
        detail = "the request could not be served now; try again"
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=RETRY_AFTER)
    return None


def _invalid(error: RequestValidationError) -> Problem:
    found = error.errors()
    if any(entry["loc"][0] == "path" for entry in found):
        return Problem(HTTPStatus.NOT_FOUND, "no resource can have this path")
    detail = "the request does not fit the route's schema"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, field_errors(found))


def _constant(
    status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> Callable[[Any], Problem]:
    problem = Problem(status, detail, headers=headers or {})
    return lambda _: problem


_PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    RefusedError: lambda error: error.problem,
    RequestValidationError: _invalid,
    TicketNotFoundError: lambda error: Problem(HTTPStatus.NOT_FOUND, str(error)),
    NotAllowedError: lambda error: Problem(HTTPStatus.CONFLICT, str(error)),
    StaleTicketError: _constant(
        HTTPStatus.PRECONDITION_FAILED, "the ticket is not what If-Match says; read it again"
    ),
    ContendedTicketError: lambda error: Problem(
        HTTPStatus.CONFLICT, f"{error}; try again", headers=RETRY_AFTER
    ),
    IdempotencyValidationError: _constant(
        HTTPStatus.UNPROCESSABLE_ENTITY, "this Idempotency-Key was used for another body"
    ),
    IdempotencyAlreadyInProgressError: _constant(
        HTTPStatus.CONFLICT,
        "the first request with this Idempotency-Key is still running",
        RETRY_AFTER,
    ),
}


def _chain(error: BaseException) -> list[BaseException]:
    # Powertools wraps what its idempotency and its parameters ran into, some without a cause
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, BusyError) or may_pass(error)
