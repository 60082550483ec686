"""The table as the store's parts use it: plain values, and the desk's own errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desk.domain.errors import BusyError
from desk.domain.paging import Position
from desk.runtime.aws_errors import CALL_FAILED, code_of, may_pass
from desk.runtime.retries import Retries
from desk.store import batches, transactions
from desk.store.attributes import Item, plain, projection, typed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef

ABSENT = "attribute_not_exists(pk)"
# for what botocore does not try again: items left undone, transactions that met others
RETRIES = Retries(tries=6, first_pause=0.05, longest=1.0)


@dataclass(frozen=True)
class Query:
    """Items of one partition, of the table or of an index, in the order of their sort keys.

    Parameters
    ----------
    condition:
        The key condition.
    values:
        What the expressions' placeholders stand for.
    index:
        Whose partition; the table's without one.
    filtered:
        A filter, for what the key cannot say.
    attributes:
        Those that are wanted of each item; none for all of them.
    """

    condition: str
    values: Mapping[str, str]
    index: str | None = None
    filtered: str | None = None
    attributes: tuple[str, ...] = ()


class Table:
    """One table.

    Every method raises `BusyError` where DynamoDB, asked as often as makes sense, does not do
    what it could do at another moment.

    Parameters
    ----------
    client:
        A DynamoDB client.
    name:
        The table's name.
    retries:
        How what DynamoDB did not do is asked for again.
    """

    def __init__(self, client: DynamoDBClient, name: str, retries: Retries = RETRIES) -> None:
        self.name = name
        self._client = client
        self._retries = retries

    def get(self, key: Item) -> Item | None:
        """The item as last written."""
        with _answering():
            answer = self._client.get_item(TableName=self.name, Key=typed(key), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    def put(self, item: Item, condition: str, values: Mapping[str, Any] | None = None) -> bool:
        """Write an item, unless the condition fails; whether it was written."""
        more: Any = {"ExpressionAttributeValues": typed(values)} if values else {}
        with _answering():
            return self._unless_refused(
                self._client.put_item,
                TableName=self.name,
                Item=typed(item),
                ConditionExpression=condition,
                **more,
            )

    def update(self, key: Item, expression: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Change an item, unless the condition fails; whether it was changed."""
        with _answering():
            return self._unless_refused(
                self._client.update_item,
                TableName=self.name,
                Key=typed(key),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=typed(values),
            )

    def delete(self, key: Item, condition: str, values: Mapping[str, Any]) -> bool:
        """Delete an item, unless the condition fails; whether it was deleted."""
        with _answering():
            return self._unless_refused(
                self._client.delete_item,
                TableName=self.name,
                Key=typed(key),
                ConditionExpression=condition,
                ExpressionAttributeValues=typed(values),
            )

    def transact(self, writes: Sequence[TransactWriteItemTypeDef]) -> None:
        """Do all these writes, or none; see `desk.store.transactions.write`."""
        with _answering():
            transactions.write(self._client, writes, self._retries)

    def get_many(self, keys: Iterable[Item], attributes: Sequence[str] = ()) -> list[Item]:
        """The items that there are with these keys; see `desk.store.batches.read`."""
        with _answering():
            return batches.read(self._client, self.name, keys, self._retries, attributes)

    def delete_many(self, keys: Iterable[Item]) -> None:
        """Delete these items; see `desk.store.batches.delete`."""
        with _answering():
            batches.delete(self._client, self.name, keys, self._retries)

    def all(self, query: Query) -> Iterator[Item]:
        """Every item of a query."""
        asked, more = self._request(query), True
        while more:
            with _answering():
                answer = self._client.query(**asked)
            yield from map(plain, answer["Items"])
            more = "LastEvaluatedKey" in answer
            asked["ExclusiveStartKey"] = answer.get("LastEvaluatedKey", {})

    def page(
        self, query: Query, limit: int, after: Position | None
    ) -> tuple[list[Item], Position | None]:
        """So many items of a query, and where to go on; None where there are no more."""
        place = _place(query.index)
        if query.attributes:
            query = replace(query, attributes=(*query.attributes, *place))
        asked = self._request(query)
        # one more than wanted tells whether there are more; DynamoDB's own word for it
        # (LastEvaluatedKey) is there after the last item, too
        asked["Limit"] = limit + 1
        if after:
            asked["ExclusiveStartKey"] = typed(after)
        found: list[Item] = []
        while len(found) <= limit:
            with _answering():
                answer = self._client.query(**asked)
            found.extend(map(plain, answer["Items"]))
            if "LastEvaluatedKey" not in answer:
                break
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        page = found[:limit]
        following = {name: page[-1][name] for name in place} if len(found) > limit else None
        return page, following

    def _request(self, query: Query) -> QueryInputTypeDef:
        asked: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": query.condition,
            "ExpressionAttributeValues": typed(query.values),
        }
        if query.index:
            asked["IndexName"] = query.index
        else:
            asked["ConsistentRead"] = True
        if query.filtered:
            asked["FilterExpression"] = query.filtered
        if query.attributes:
            wanted, named = projection(query.attributes)
            asked["ProjectionExpression"], asked["ExpressionAttributeNames"] = wanted, named
        return asked

    def _unless_refused(self, call: Callable[..., Any], **request: Any) -> bool:
        try:
            call(**request)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _place(index: str | None) -> tuple[str, ...]:
    """The attributes that tell where in the table, or in an index, an item stands."""
    return ("pk", "sk", f"{index}pk", f"{index}sk") if index else ("pk", "sk")


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except CALL_FAILED as error:
        if not may_pass(error):
            raise
        # botocore has tried it again, in vain
        raise BusyError(f"DynamoDB did not do it: {code_of(error)}") from error
