"""API Gateway: which API key a request came with.

AWS: a method that asks for an API key tells its function the key's id (and the key) in the request
context's identity.
MiniStack: checks the key, and does not say whose it was. To the function all clients are one, so
that they share their idempotency keys, too.
Mended: the id of the key that was checked is in the identity; the key itself is left out, for no
function needs it.
"""

from __future__ import annotations

import contextvars
from typing import Any

from ministack.services import apigateway_v1


def install() -> None:
    """Note the key where it is checked, and name it where the function's event is made."""
    noted: contextvars.ContextVar[str | None] = contextvars.ContextVar("baton_key", default=None)
    check, build = apigateway_v1._check_api_key, apigateway_v1._build_lambda_event_v1

    def check_api_key(*request: Any) -> Any:
        error, key = check(*request)
        noted.set(key["id"] if key else None)
        return error, key

    def build_event(*args: Any, **kwargs: Any) -> Any:
        event = build(*args, **kwargs)
        if noted.get():
            event["requestContext"]["identity"]["apiKeyId"] = noted.get()
        return event

    apigateway_v1._check_api_key = check_api_key
    apigateway_v1._build_lambda_event_v1 = build_event
