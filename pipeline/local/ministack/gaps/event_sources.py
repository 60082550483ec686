"""EventBridge: policies that ask for an event's source.

AWS: a PutEvents request carries events:source, the source of its events, for policies to go by.
MiniStack: knows no such key, so a statement with that condition allows nobody anything.
Mended: the sources that the request's entries name are in its context.
"""

from __future__ import annotations

import contextvars
import json
from collections.abc import Sequence
from typing import Any

from ministack.core import iam_actions, iam_evaluator

ACTION, KEY = "events:PutEvents", "events:source"


def install() -> None:
    """Note the sources where the request's body is read, and hand them over where it is judged."""
    noted: contextvars.ContextVar[Sequence[str]] = contextvars.ContextVar(
        "baton_sources", default=()
    )
    extract, enforce = iam_actions.extract_resource_arn, iam_evaluator.enforce

    def extract_resource_arn(service: str, *request: Any) -> str:
        noted.set(sources(request[3]) if service == "events" else [])
        return str(extract(service, *request))

    def enforced(access_key: str, action: str, *rest: Any, **more: Any) -> Any:
        if action == ACTION and noted.get():
            known = more.get("service_context") or {}
            more["service_context"] = {**known, KEY: _one_or_many(noted.get())}
        return enforce(access_key, action, *rest, **more)

    iam_actions.extract_resource_arn = extract_resource_arn
    iam_evaluator.enforce = enforced


def sources(body: bytes) -> list[str]:
    """The distinct sources of a PutEvents request; none where it is no such request."""
    try:
        entries = json.loads(body or b"{}").get("Entries", [])
        return sorted({str(entry["Source"]) for entry in entries})
    except (ValueError, AttributeError, KeyError, TypeError):
        return []


def _one_or_many(found: Sequence[str]) -> str | list[str]:
    return found[0] if len(found) == 1 else list(found)
