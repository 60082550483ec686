"""A role that is for the items of some partitions reaches those, and no others, in every way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Engine, unique
from .roles import allow, outcome, role_of, taken

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

ACTIONS = tuple(
    f"dynamodb:{action}"
    for action in (
        *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem"),
        *("PutItem", "Query", "Scan", "UpdateItem"),
        *("PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"),
    )
)
SCHEMA = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
INDEX = {
    "IndexName": "by-team",
    "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
OWN, OTHER = "TICKET#1", "SEEN#1"
Call = Callable[[Any, str, str], Any]  # client, table, partition


def key(partition: str) -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": "a"}}


def item(partition: str) -> dict[str, Any]:
    return {**key(partition), "team": {"S": partition}}


def _query(condition: str, **more: Any) -> Call:
    def call(client: Any, table: str, partition: str) -> Any:
        return client.query(
            TableName=table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={":p": {"S": partition}},
            **more,
        )

    return call


def _statement(statement: str) -> Call:
    def call(client: Any, table: str, partition: str) -> Any:
        text = statement.replace("TABLE", f'"{table}"')
        return client.execute_statement(Statement=text, Parameters=[{"S": partition}])

    return call


def _transaction(**part: Any) -> Call:
    """A transaction of one part, on the item of a partition."""

    def call(client: Any, table: str, partition: str) -> Any:
        (name, more), *_ = part.items()
        what = {"Item": item(partition)} if name == "Put" else {"Key": key(partition)}
        asked = [{name: {"TableName": table, **what, **more}}]
        if name == "Get":
            return client.transact_get_items(TransactItems=asked)
        return client.transact_write_items(TransactItems=asked)

    return call


THERE = "attribute_not_exists(nothing)"
# Every way in which an item of a partition is reached.
CALLS: dict[str, Call] = {
    "get": lambda c, t, p: c.get_item(TableName=t, Key=key(p)),
    "put": lambda c, t, p: c.put_item(TableName=t, Item=item(p)),
    "update": lambda c, t, p: c.update_item(TableName=t, Key=key(p), UpdateExpression="SET a = pk"),
    "delete": lambda c, t, p: c.delete_item(TableName=t, Key=key(p)),
    "query": _query("pk = :p"),
    "query by another name": _query("#p = :p", ExpressionAttributeNames={"#p": "pk"}),
    "query in brackets": _query("(pk = :p)"),
    "query the old way": lambda c, t, p: c.query(
        TableName=t,
        KeyConditions={"pk": {"AttributeValueList": [{"S": p}], "ComparisonOperator": "EQ"}},
    ),
    "query an index": _query("team = :p", IndexName="by-team"),
    "get a batch": lambda c, t, p: (
        c.batch_get_item(RequestItems={t: {"Keys": [key(OWN), key(p)]}})
        if p != OWN
        else c.batch_get_item(RequestItems={t: {"Keys": [key(OWN)]}})
    ),
    "put a batch": lambda c, t, p: c.batch_write_item(
        RequestItems={t: [{"PutRequest": {"Item": item(p)}}]}
    ),
    "delete a batch": lambda c, t, p: c.batch_write_item(
        RequestItems={t: [{"DeleteRequest": {"Key": key(p)}}]}
    ),
    "transact: get": _transaction(Get={}),
    "transact: put": _transaction(Put={}),
    "transact: update": _transaction(Update={"UpdateExpression": "SET a = pk"}),
    "transact: delete": _transaction(Delete={}),
    "transact: check": _transaction(ConditionCheck={"ConditionExpression": THERE}),
    "PartiQL: select": _statement("SELECT * FROM TABLE WHERE pk = ?"),
    "PartiQL: select several": _statement("SELECT * FROM TABLE WHERE pk IN [?]"),
    "PartiQL: select by index": _statement('SELECT * FROM TABLE."by-team" WHERE team = ?'),
    "PartiQL: insert": _statement("INSERT INTO TABLE VALUE {'pk': ?, 'sk': 'new'}"),
    "PartiQL: update": _statement("UPDATE TABLE SET a = 'b' WHERE pk = ? AND sk = 'a'"),
    "PartiQL: delete": _statement("DELETE FROM TABLE WHERE pk = ? AND sk = 'a'"),
}


def make_table(engine: Engine) -> str:
    """A table with an item in each of the two partitions."""
    table, client = unique("table"), engine.client("dynamodb")
    client.create_table(
        TableName=table,
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "team")
        ],
        KeySchema=SCHEMA,
        GlobalSecondaryIndexes=[INDEX],
        BillingMode="PAY_PER_REQUEST",
    )
    for partition in (OWN, OTHER):
        client.put_item(TableName=table, Item=item(partition))
    return table


def client_of_a_role(
    engine: Engine, *tables: str, operator: str = "ForAllValues:StringLike"
) -> Any:
    """Of a role that may do anything with the tickets of these tables."""
    tickets = {operator: {"dynamodb:LeadingKeys": ["TICKET#*"]}}
    may = [
        allow(*ACTIONS, resource=f"arn:aws:dynamodb:*:*:table/{table}{end}", **tickets)
        for table in tables
        for end in ("", "/*")
    ]
    return taken(engine, role_of(engine, *may))("dynamodb")


@pytest.mark.parametrize("way", CALLS)
def test_the_items_of_a_partition_are_reached_by_whom_they_are_for(gap: Gap, way: str) -> None:
    # Given a role that is for tickets
    def observe(engine: Engine) -> list[str]:
        table = make_table(engine)
        client = client_of_a_role(engine, table)
        # When it reaches for a ticket, and for what is none
        return [outcome(CALLS[way], client, table, partition) for partition in (OWN, OTHER)]

    # Then
    gap(observe, ["done", "AccessDeniedException"])


def test_one_item_that_is_not_for_it_is_enough(patched: Engine) -> None:
    # Given a role that is for the tickets of two tables
    tables = [make_table(patched), make_table(patched)]
    client = client_of_a_role(patched, *tables)

    # When it reaches for items of both, one of which is no ticket / Then for all in vain
    def both(first: str, second: str) -> list[str]:
        pairs = list(zip(tables, (first, second), strict=True))
        puts = [{"Put": {"TableName": t, "Item": item(p)}} for t, p in pairs]
        batch = {t: {"Keys": [key(p)]} for t, p in pairs}
        return [
            outcome(client.transact_write_items, TransactItems=puts),
            outcome(client.batch_get_item, RequestItems=batch),
        ]

    assert both(OWN, OWN) == ["done", "done"]
    assert both(OWN, OTHER) == both(OTHER, OWN) == ["AccessDeniedException"] * 2


def test_a_table_is_named_by_its_arn_as_well(patched: Engine) -> None:
    table = make_table(patched)
    client = client_of_a_role(patched, table)
    where = f"{patched.environment.region}:{patched.environment.account_id}"
    arn = f"arn:aws:dynamodb:{where}:table/{table}"
    seen = [outcome(client.get_item, TableName=arn, Key=key(each)) for each in (OWN, OTHER)]
    assert seen == ["done", "AccessDeniedException"]


def test_a_scan_has_no_keys(patched: Engine) -> None:
    # Given that ForAllValues holds where there is no value, and ForAnyValue does not
    table = make_table(patched)
    roles = [
        client_of_a_role(patched, table, operator=f"{each}:StringLike")
        for each in ("ForAllValues", "ForAnyValue")
    ]
    seen = [outcome(role.scan, TableName=table) for role in roles]
    assert seen == ["done", "AccessDeniedException"]


@pytest.mark.parametrize("value", [{"N": "1"}, {"B": b"one"}])
def test_a_number_and_bytes_are_keys_too(patched: Engine, value: dict[str, Any]) -> None:
    # Given a table whose partition key is no text
    (kind,), table = value, unique("table")
    patched.client("dynamodb").create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": kind}],
        KeySchema=SCHEMA[:1],
        BillingMode="PAY_PER_REQUEST",
    )
    # When a role that is for tickets reaches for an item / Then it is none
    role = client_of_a_role(patched, table)
    assert outcome(role.get_item, TableName=table, Key={"pk": value}) == "AccessDeniedException"
