"""Doing a request once, however often it is sent with the same Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from ulid import ULID

Result = dict[str, Any]
DAY_SECONDS = 24 * 3600
# Parts of each record's key. Powertools' own would be the names of function and module, which a
# deployment may change: a key sent before it would be a new one after it.
PREFIX = "api"
ID_PREFIX = "api-id"


@dataclass(frozen=True)
class Try:
    """One try to do a request.

    Parameters
    ----------
    id:
        Of what the request makes: the same in each try.
    may_be_done:
        Whether there was a try before, which may have done it without getting to say so.
    """

    id: str
    may_be_done: bool


class Once:
    """Keeps the answer of a request for a day, and gives it again for the same key.

    Powertools forgets a request that fails or is killed, though what it asked for may have been
    written. So there is a record before that one: of the id, which a next try comes with again.

    Parameters
    ----------
    store:
        Powertools' persistence, over the idempotency table.
    clock:
        What time it is.
    """

    def __init__(self, store: BasePersistenceLayer, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="body",
            expires_after_seconds=DAY_SECONDS,
            hash_function="sha256",
        )
        self._chosen = self._once(_chosen, store, ID_PREFIX)
        self._perform = self._once(_perform, store, PREFIX)

    def register(self, context: Any) -> None:
        """Tell it how long this invocation may take: one that dies frees its key after that."""
        self._config.register_lambda_context(context)

    def __call__(
        self, of: tuple[str, str], key: str | None, body: Any, action: Callable[[Try], Result]
    ) -> Result:
        """The action's result; done now, or when this client first sent this key there.

        Parameters
        ----------
        of:
            Whose key it is, and for which method and path: others may choose the same.
        key:
            The request's Idempotency-Key; without one each request is done, as a new one.
        body:
            What the key was sent with.
        action:
            What is to be done once; after a try that did not end well, again with the same id.

        Raises
        ------
        IdempotencyValidationError
            The key was used with another body.
        IdempotencyAlreadyInProgressError
            The first request with this key is still being worked on.
        """
        new = str(ULID.from_datetime(self._clock()))
        if key is None:
            return action(Try(new, may_be_done=False))
        request = {"key": [*of, key], "body": body}
        chosen = self._chosen(request=request, new=new)["id"]
        this = Try(chosen, may_be_done=chosen != new)
        return self._perform(request=request, action=action, this=this)

    def _once(
        self, function: Callable[..., Result], store: BasePersistenceLayer, prefix: str
    ) -> Callable[..., Result]:
        made: Callable[..., Result] = idempotent_function(
            function,
            data_keyword_argument="request",
            persistence_store=store,
            config=self._config,
            key_prefix=prefix,
        )
        return made


def _chosen(*, request: Result, new: str) -> Result:
    return {"id": new}


def _perform(*, request: Result, action: Callable[[Try], Result], this: Try) -> Result:
    return action(this)
