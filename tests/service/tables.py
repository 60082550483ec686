"""The two tables, with the keys and indexes that Terraform gives them."""

from __future__ import annotations

from typing import Any

TABLE = "desk-test-table"
IDEMPOTENCY_TABLE = "desk-test-idempotency"
INDEXES = ("gsi1", "gsi2", "gsi3")


def create(client: Any, table: str = TABLE) -> str:
    """Create the service's table; answers its name."""
    names = ["pk", "sk", *(f"{index}{part}" for index in INDEXES for part in ("pk", "sk"))]
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=_key_schema("pk", "sk"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _key_schema(f"{index}pk", f"{index}sk"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in INDEXES
        ],
    )
    return table


def create_idempotency(client: Any) -> str:
    """Create the table of Powertools' idempotency records; answers its name."""
    client.create_table(
        TableName=IDEMPOTENCY_TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    return IDEMPOTENCY_TABLE


def items(client: Any, prefix: str = "") -> list[dict[str, Any]]:
    """All items whose partition begins so, by key, as DynamoDB types them."""
    found = client.scan(TableName=TABLE)["Items"]
    wanted = [item for item in found if item["pk"]["S"].startswith(prefix)]
    return sorted(wanted, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def _key_schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]
