"""What went wrong with a call of AWS, and whether the same call may succeed a moment later."""

from __future__ import annotations

from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

# What a call can fail with that botocore has tried again already.
CALL_FAILED = (ClientError, BotoCoreError)

PASSING = frozenset(
    {
        "InternalServerError",
        "InternalServiceError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
    }
)


def code_of(error: ClientError | BotoCoreError) -> str:
    """What went wrong with a call, as a word: the error's own text may hold anything."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__  # no answer at all: it has a kind and no code


def may_pass(error: BaseException) -> bool:
    """Whether AWS did not do what it could do at another moment, or gave no answer at all."""
    if isinstance(error, ClientError):
        # behind a proxy that answers in DynamoDB's place there is a status, and no code of AWS's
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code_of(error) in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, (NoConnectionError, HTTPClientError))
