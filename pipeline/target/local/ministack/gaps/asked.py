"""What a request asks for, where policies are evaluated: no gap, but the seam that several use."""

from __future__ import annotations

import contextvars
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ministack.core import iam_actions, iam_evaluator


@dataclass(frozen=True)
class Asked:
    """A request to a service."""

    service: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    parameters: Mapping[str, list[str]]  # of the query and, where the body is one, of the form

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The body, where it is a JSON object; else empty."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def parameter(self, name: str) -> str:
        """The first value of a parameter; empty where there is none."""
        return (self.parameters.get(name) or [""])[0]


Keys = Mapping[str, Any]  # condition key → value
Finder = Callable[[Asked, str, str], Keys]  # request, action, resource's ARN → keys

_asked: contextvars.ContextVar[Asked | None] = contextvars.ContextVar("baton_asked", default=None)
_finders: list[Finder] = []


def request() -> Asked | None:
    """The request that is being judged."""
    return _asked.get()


def add_keys(find: Finder) -> None:
    """Let a function find condition keys that MiniStack does not know."""
    if not _finders:
        _install()
    _finders.append(find)


def _install() -> None:
    """Note the request where it is read, and add the keys where it is judged."""
    extract, enforce = iam_actions.extract_resource_arn, iam_evaluator.enforce

    def extract_resource_arn(service: str, *request: Any) -> str:
        _asked.set(Asked(service, *request[:5]))
        return str(extract(service, *request))

    def enforced(access_key: str, action: str, service: str, *rest: Any, **more: Any) -> Any:
        asked = _asked.get()
        if asked is not None and asked.service == service:
            arn, known = more.get("resource_arn", "*"), more.get("service_context") or {}
            for find in _finders:
                known = {**known, **find(asked, action, arn)}
            more["service_context"] = known
        return enforce(access_key, action, service, *rest, **more)

    iam_actions.extract_resource_arn = extract_resource_arn
    iam_evaluator.enforce = enforced
