"""Lambda: policies that ask which function calls.

AWS: lambda:SourceFunctionArn is the function whose code makes a request with its role, so that a
policy can refuse the code what Lambda itself needs the role for.
MiniStack: knows no such key, so a Deny with that condition denies nothing.
Here: the credentials that a function has say which one it is, and so does the request's context.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.services import sts

KEY = "lambda:sourcefunctionarn"  # in lower case, as the evaluator looks it up


def install() -> None:
    """Add the key to those that describe the caller."""
    known = iam_evaluator._principal_keys

    def principal_keys(credential: Any) -> dict[str, Any]:
        session = sts._sessions.get(credential.access_key_id) or {}
        function = session.get("SourceFunctionArn")
        return {**known(credential), **({KEY: function} if function else {})}

    iam_evaluator._principal_keys = principal_keys
