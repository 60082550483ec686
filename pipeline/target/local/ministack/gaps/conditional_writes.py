"""S3: policies that ask whether a write is one that must not replace anything.

AWS: a PutObject request carries s3:if-none-match where it has that header, so that a policy can let
objects be created and never written over (the guide's "Enforce conditional writes").
MiniStack: knows no such key, so a statement with that condition allows nobody anything.
Mended: the header is in the request's context.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions

ACTION, KEY, HEADER = "s3:PutObject", "s3:if-none-match", "if-none-match"


def install() -> None:
    """Add the header to what a policy can ask of a write."""
    known = iam_actions.s3_service_context

    def s3_service_context(
        action: str, query: Any, path: str = "", headers: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        context: dict[str, Any] = known(action, query, path, headers, **more) or {}
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if action == ACTION and HEADER in given:
            return {**context, KEY: given[HEADER]}
        return context

    iam_actions.s3_service_context = s3_service_context
