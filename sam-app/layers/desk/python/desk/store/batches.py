"""Many items in one request: DynamoDB may do a part of it, and the rest is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from desk.domain.errors import BusyError
from desk.runtime.retries import Retries
from desk.store.attributes import Item, plain, projection, typed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

T = TypeVar("T")

READ_LIMIT = 100  # keys in a BatchGetItem
WRITE_LIMIT = 25  # requests in a BatchWriteItem

# Does what it can of the work, and answers the rest.
Step = Callable[[Sequence[Item]], Sequence[Item]]


def read(
    client: DynamoDBClient,
    table: str,
    keys: Iterable[Item],
    retries: Retries,
    attributes: Sequence[str] = (),
) -> list[Item]:
    """The items with these keys as last written, in no order; those that are not there are not.

    Parameters
    ----------
    keys:
        Primary keys as plain values; the same key twice is one item.
    retries:
        How what was left undone is asked for again.
    attributes:
        Those that are wanted of each item; none for all of them.

    Raises
    ------
    BusyError
        Some were not read, although they were asked for again and again.
    """
    found: list[Item] = []

    def step(asked: Sequence[Item]) -> Sequence[Item]:
        request: KeysAndAttributesTypeDef = {"Keys": asked, "ConsistentRead": True}
        if attributes:
            wanted, named = projection(attributes)
            request["ProjectionExpression"], request["ExpressionAttributeNames"] = wanted, named
        answer = client.batch_get_item(RequestItems={table: request})
        found.extend(plain(item) for item in answer["Responses"].get(table, []))
        return answer["UnprocessedKeys"].get(table, {"Keys": []})["Keys"]

    for chunk in _chunks(_distinct(keys), READ_LIMIT):
        _all_of([typed(key) for key in chunk], step, retries)
    return found


def delete(client: DynamoDBClient, table: str, keys: Iterable[Item], retries: Retries) -> None:
    """Delete the items with these keys; those that are not there are fine.

    Raises
    ------
    BusyError
        Some may be left, although deleting them was asked for again and again.
    """

    def step(asked: Sequence[Item]) -> Sequence[Item]:
        answer = client.batch_write_item(
            RequestItems={table: [{"DeleteRequest": {"Key": key}} for key in asked]}
        )
        rest = answer["UnprocessedItems"].get(table, [])
        return [request["DeleteRequest"]["Key"] for request in rest]

    for chunk in _chunks(_distinct(keys), WRITE_LIMIT):
        _all_of([typed(key) for key in chunk], step, retries)


def _all_of(work: Sequence[Item], step: Step, retries: Retries) -> None:
    rest, pauses = step(work), retries.pauses()
    while rest:
        pause = next(pauses, None)
        if pause is None:
            raise BusyError(f"{len(rest)} of {len(work)} items were left undone each time")
        retries.sleep(pause)
        rest = step(rest)


def _distinct(keys: Iterable[Item]) -> list[Item]:
    # DynamoDB refuses a request that names a key twice
    return list({tuple(sorted(key.items())): key for key in keys}.values())


def _chunks(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
