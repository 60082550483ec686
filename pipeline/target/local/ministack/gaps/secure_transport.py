"""Policies that ask for TLS: the loopback interface counts as TLS.

AWS: every call comes by HTTPS unless its caller chose otherwise, so the usual statement that denies
what comes without (aws:SecureTransport is false) never meets a function, a service or a pipeline.
MiniStack: serves plain HTTP here, and evaluates the condition by that. Every caller but the
account's root is denied what such a policy covers: a function may not publish to its topic.
Mended: each request counts as secure. It goes over the loopback interface, from this machine to
itself; that a policy has the statement is asserted on the policy.
"""

from __future__ import annotations

import contextvars

from ministack import app
from ministack.core import iam_evaluator


def install() -> None:
    """Replace what notes a request's transport, and what is assumed where nothing was noted."""
    origin: contextvars.ContextVar[tuple[str, bool]] = contextvars.ContextVar(
        "baton_request_origin", default=("127.0.0.1", True)
    )

    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:
        origin.set((source_ip, True))

    iam_evaluator._request_origin = origin
    app.pin_request_origin = pin_request_origin
