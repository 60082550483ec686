"""The two tables, as Terraform plans them: `tables.json` holds what a plan says.

`python -m tests.service.tables` writes that file anew; a test fails while it is not the plan's.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.service import planned

TABLE = "desk-test-table"
IDEMPOTENCY_TABLE = "desk-test-idempotency"


def create(client: Any, table: str = TABLE, *, stream: bool = True) -> str:
    """Create the service's table, with its stream or without one; answers its name."""
    wanted = arguments(as_planned("this"))
    if not stream:
        del wanted["StreamSpecification"]
    client.create_table(TableName=table, **wanted)
    return table


def create_idempotency(client: Any) -> str:
    """Create the table of Powertools' idempotency records; answers its name."""
    client.create_table(TableName=IDEMPOTENCY_TABLE, **arguments(as_planned("idempotency")))
    return IDEMPOTENCY_TABLE


def enable_expiry(client: Any) -> None:
    """Have both tables remove what has expired, as planned.

    Not done by what makes them: engines use the real clock, Dynoxide within a second, and the
    tests' clock is fixed in the past.
    """
    for resource, table in (("this", TABLE), ("idempotency", IDEMPOTENCY_TABLE)):
        client.update_time_to_live(
            TableName=table, TimeToLiveSpecification=expiry(as_planned(resource))
        )


def items(client: Any, prefix: str = "") -> list[dict[str, Any]]:
    """All items whose partition begins so, by key, as DynamoDB types them."""
    found = client.scan(TableName=TABLE)["Items"]
    wanted = [item for item in found if item["pk"]["S"].startswith(prefix)]
    return sorted(wanted, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@cache
def as_planned(resource: str) -> planned.Values:
    """What the file says of a table, by the name of its resource in Terraform."""
    tables: dict[str, planned.Values] = json.loads(planned.FILE.read_text())
    return tables[resource]


def arguments(values: planned.Values) -> dict[str, Any]:
    """What CreateTable takes, but for the name, of what Terraform plans."""
    made: dict[str, Any] = {
        "BillingMode": values["billing_mode"],
        "AttributeDefinitions": [
            {"AttributeName": each["name"], "AttributeType": each["type"]}
            for each in values["attribute"]
        ],
        "KeySchema": _key_schema(values),
    }
    if values["global_secondary_index"]:
        made["GlobalSecondaryIndexes"] = [_index(each) for each in values["global_secondary_index"]]
    if values.get("stream_enabled"):
        made["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": values["stream_view_type"],
        }
    return made


def expiry(values: planned.Values) -> dict[str, Any]:
    """What UpdateTimeToLive takes, of what Terraform plans."""
    (ttl,) = values["ttl"]
    return {"Enabled": ttl["enabled"], "AttributeName": ttl["attribute_name"]}


def _index(values: planned.Values) -> dict[str, Any]:
    projection = {"ProjectionType": values["projection_type"]}
    if "non_key_attributes" in values:
        projection["NonKeyAttributes"] = values["non_key_attributes"]
    return {
        "IndexName": values["name"],
        "KeySchema": _key_schema(values),
        "Projection": projection,
    }


def _key_schema(values: planned.Values) -> list[dict[str, str]]:
    keys = [{"AttributeName": values["hash_key"], "KeyType": "HASH"}]
    if "range_key" in values:
        keys.append({"AttributeName": values["range_key"], "KeyType": "RANGE"})
    return keys


if __name__ == "__main__":
    planned.FILE.write_text(planned.text(planned.tables()))
