"""DynamoDB: policies that ask for the partition keys of a request, and PartiQL's own actions.

AWS: dynamodb:LeadingKeys holds the partition keys of the items that a request is about: those of a
batch, that of each part of a transaction, that of a query's condition (on an index, the index's
key) and those of a PartiQL statement. A scan has none, so that ForAllValues holds for it.
PartiQL statements are allowed as dynamodb:PartiQLSelect, …Insert, …Update and …Delete.
MiniStack: has no such key, so that a condition on it by ForAllValues always holds; PartiQL is an
action of another name, on no table.
Here: the keys are in the request's context, and each PartiQL statement is checked by itself.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

import contextvars
from collections.abc import Iterator, Mapping
from typing import Any

from gaps.asked import Asked, add_keys, request
from ministack.core import iam_actions
from ministack.services import dynamodb

KEY = "dynamodb:LeadingKeys"
STATEMENTS = ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction")
PARTIQL = {op: f"dynamodb:PartiQL{op.capitalize()}" for op in ("SELECT", "INSERT", "UPDATE")}
PARTIQL |= {"DELETE": "dynamodb:PartiQLDelete", "EXISTS": "dynamodb:PartiQLSelect"}
Request = Mapping[str, Any]
Part = tuple[str, str, list[str]]  # action, table's or index's ARN, partition keys


def install() -> None:
    """Add the key; the parts of a transaction are judged in the order in which they are named."""
    parts: contextvars.ContextVar[Iterator[Part] | None] = contextvars.ContextVar(
        "baton_parts", default=None
    )

    def keys(asked: Asked, _action: str, arn: str) -> Mapping[str, list[str]]:
        if asked.service != "dynamodb":
            return {}
        part = next(parts.get() or iter(()), None)
        found = part[2] if part else leading_keys(asked.document, arn)
        return {KEY: found} if found else {}

    def dynamodb_transaction_checks(
        action: str, _body: bytes, region: str, account_id: str
    ) -> list[tuple[str, str]]:
        asked = request()
        document = asked.document if asked else {}
        found = list(_parts(action.rpartition(":")[2], document, region, account_id))
        parts.set(iter(found))
        return [(allowed_as, arn) for allowed_as, arn, _ in found]

    add_keys(keys)
    iam_actions.dynamodb_transaction_checks = dynamodb_transaction_checks


def leading_keys(request: Request, arn: str) -> list[str]:
    """The partition keys that a request which is no transaction has, of the items of one table."""
    if isinstance(request.get("RequestItems"), Mapping):
        found = [
            key
            for name, asked in request["RequestItems"].items()
            if arn.endswith(f":table/{dynamodb._normalize_table_name(name)}")
            for item in _items_of_a_batch(asked)
            for key in _key_of(name, item)
        ]
        return sorted(set(found))
    name = request.get("TableName")
    if "KeyConditionExpression" in request or "KeyConditions" in request:
        return _key_of_a_query(request)
    return _key_of(name, request.get("Key") or request.get("Item"))


def _items_of_a_batch(asked: Any) -> Iterator[Any]:
    """The keys of a table's part of BatchGetItem, the items and keys of one of BatchWriteItem."""
    if isinstance(asked, Mapping):
        yield from asked.get("Keys") or []
        return
    for write in asked or []:
        for what in write.values():
            yield what.get("Item") or what.get("Key")


def _parts(operation: str, request: Any, region: str, account_id: str) -> Iterator[Part]:
    """The parts of a transaction or of PartiQL, each of which is allowed by itself."""
    if operation in STATEMENTS:
        statements = request.get("Statements") or request.get("TransactStatements") or [request]
        for each in statements:
            yield from _part_of_a_statement(each, region, account_id)
        return
    for item in request.get("TransactItems") or []:
        for member, action in iam_actions._DYNAMODB_TRANSACT_ITEM_ACTIONS.items():
            if name := (item.get(member) or {}).get("TableName"):
                asked = item[member]
                arn = iam_actions._dynamodb_table_arn(name, region, account_id)
                yield action, arn, _key_of(name, asked.get("Key") or asked.get("Item"))


def _part_of_a_statement(asked: Request, region: str, account_id: str) -> Iterator[Part]:
    try:
        parsed = dynamodb._parse_partiql(asked.get("Statement", ""), asked.get("Parameters", []))
    except ValueError:
        return  # what cannot be read is refused later, and does nothing
    statement = parsed.get("select") or parsed  # of EXISTS
    arn = iam_actions._dynamodb_table_arn(statement["table"], region, account_id)
    index = statement.get("index")
    table = dynamodb._tables.get(statement["table"]) or {}
    name = dynamodb._resolve_index_keys(table, index)[0] if table else None
    item = statement.get("item") or {}
    asked_for = item.get("M", item) or {
        attribute: value
        for attribute, operator, value in statement.get("conditions") or []
        if operator in ("=", "IN")
    }
    value = asked_for.get(name)
    values = value if isinstance(value, list) else [value]
    keys = [str(dynamodb._extract_key_val(each)) for each in values if each is not None]
    yield PARTIQL[parsed["op"]], f"{arn}/index/{index}" if index else arn, keys


def _key_of(name: Any, item: Any) -> list[str]:
    """The partition key of an item or key of a table; none where either is not there."""
    table = dynamodb._tables.get(dynamodb._normalize_table_name(name)) if name else None
    value = item.get(table["pk_name"]) if table and isinstance(item, Mapping) else None
    return [str(dynamodb._extract_key_val(value))] if value else []


def _key_of_a_query(request: Request) -> list[str]:
    table = dynamodb._tables.get(dynamodb._normalize_table_name(request.get("TableName")))
    if not table:
        return []
    name = dynamodb._resolve_index_keys(table, request.get("IndexName"))[0]
    if request.get("KeyConditions"):
        value = dynamodb._extract_pk_from_key_conditions(request["KeyConditions"], name)
    else:
        value = dynamodb._extract_pk_from_condition(
            request["KeyConditionExpression"],
            request.get("ExpressionAttributeValues") or {},
            request.get("ExpressionAttributeNames") or {},
            name,
        )
    return [] if value is None else [str(value)]
