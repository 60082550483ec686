"""Doing a request once, however often it is sent with the same Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer

Result = dict[str, Any]
DAY_SECONDS = 24 * 3600
# Part of each record's key. Powertools' own would be the names of function and module, which a
# deployment may change: a key sent before it would be a new one after it.
PREFIX = "api"


class Once:
    """Keeps the answer of a request for a day, and gives it again for the same key.

    Parameters
    ----------
    store:
        Powertools' persistence, over the idempotency table.
    """

    def __init__(self, store: BasePersistenceLayer) -> None:
        self._config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="body",
            expires_after_seconds=DAY_SECONDS,
            hash_function="sha256",
        )
        self._perform = idempotent_function(
            _perform,
            data_keyword_argument="request",
            persistence_store=store,
            config=self._config,
            key_prefix=PREFIX,
        )

    def register(self, context: Any) -> None:
        """Tell it how long this invocation may take: one that dies frees its key after that."""
        self._config.register_lambda_context(context)

    def __call__(
        self, of: tuple[str, str], key: str | None, body: Any, action: Callable[[], Result]
    ) -> Result:
        """The action's result; done now, or when this client first sent this key there.

        Parameters
        ----------
        of:
            Whose key it is, and for which method and path: others may choose the same.
        key:
            The request's Idempotency-Key; without one the action is simply done.
        body:
            What the key was sent with.
        action:
            What is to be done once.

        Raises
        ------
        IdempotencyValidationError
            The key was used with another body.
        IdempotencyAlreadyInProgressError
            The first request with this key is still being worked on.
        """
        if key is None:
            return action()
        request = {"key": [*of, key], "body": body}
        result: Result = self._perform(request=request, action=action)
        return result


def _perform(*, request: Result, action: Callable[[], Result]) -> Result:
    return action()
