"""Why DynamoDB cancelled a transaction."""

from __future__ import annotations

from botocore.exceptions import ClientError


def condition_failed(error: ClientError, position: int) -> bool:
    """Whether the write at this position was refused by its condition.

    Any other reason (a conflict with another transaction, throttling) is one to try again for.
    """
    reasons = error.response.get("CancellationReasons", [])
    return len(reasons) > position and reasons[position].get("Code") == "ConditionalCheckFailed"
