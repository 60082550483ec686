"""Writes that happen all together or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from desk.domain.errors import BusyError
from desk.runtime.retries import Retries
from desk.store.attributes import Item, plain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

REFUSED = "ConditionalCheckFailed"
# that the items are not at fault; boto3 gives up at once when a transaction is cancelled
PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class ConditionsFailedError(Exception):
    """Nothing was written, for conditions did not hold.

    Parameters
    ----------
    refused:
        The positions of the writes whose conditions failed; with each the item that was there,
        if that was asked for and there was one.
    """

    def __init__(self, refused: Mapping[int, Item | None]) -> None:
        super().__init__(f"the conditions of writes {sorted(refused)} failed")
        self.refused = refused


def write(
    client: DynamoDBClient, writes: Sequence[TransactWriteItemTypeDef], retries: Retries
) -> None:
    """Do all these writes, or none.

    The token makes a request that was done, but whose answer was lost, succeed when botocore
    sends it again, where its own conditions would refuse it. After a cancellation, which changed
    nothing, it is a new request with a new token.

    Raises
    ------
    ConditionsFailedError
        Conditions did not hold.
    BusyError
        Other requests were in the way each time it was tried.
    """
    token, pauses = str(uuid4()), retries.pauses()
    while True:
        try:
            client.transact_write_items(TransactItems=writes, ClientRequestToken=token)
            return
        except client.exceptions.TransactionInProgressException as error:
            cause: ClientError = error
        except client.exceptions.TransactionCanceledException as error:
            _raise_unless_passing(error)
            cause, token = error, str(uuid4())
        pause = next(pauses, None)
        if pause is None:
            raise BusyError("other changes were in the way each time") from cause
        retries.sleep(pause)


def _raise_unless_passing(error: ClientError) -> None:
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", [])
    refused = {
        position: plain(reason["Item"]) if reason.get("Item") else None
        for position, reason in enumerate(reasons)
        if reason.get("Code") == REFUSED
    }
    if refused:
        raise ConditionsFailedError(refused) from error
    if not any(reason.get("Code") in PASSING for reason in reasons):
        raise error
