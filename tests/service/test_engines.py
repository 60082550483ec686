"""The engines that stores are tested on: each has the planned tables, and accounts kept apart."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.service import engines, tables

HOUR_S = 3600
PROJECTED = ("IndexName", "KeySchema", "Projection")


def by_name(parts: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return sorted(parts, key=lambda part: str(part[name]))


@pytest.mark.parametrize(
    ("resource", "table"), [("this", tables.TABLE), ("idempotency", tables.IDEMPOTENCY_TABLE)]
)
def test_each_engine_has_the_tables_as_planned(desk_client: Any, resource: str, table: str) -> None:
    # Given what is planned
    planned = tables.arguments(tables.as_planned(resource))

    # When an engine is asked for the table
    found = desk_client.describe_table(TableName=table)["Table"]

    # Then it has it so
    indexes = [
        {name: index[name] for name in PROJECTED}
        for index in found.get("GlobalSecondaryIndexes", [])
    ]
    assert found["KeySchema"] == planned["KeySchema"]
    assert by_name(found["AttributeDefinitions"], "AttributeName") == by_name(
        planned["AttributeDefinitions"], "AttributeName"
    )
    assert by_name(indexes, "IndexName") == planned.get("GlobalSecondaryIndexes", [])
    assert found.get("StreamSpecification") == planned.get("StreamSpecification")
    assert found["BillingModeSummary"]["BillingMode"] == planned["BillingMode"]


@pytest.mark.parametrize("turn", [1, 2])
def test_a_client_finds_the_tables_empty(desk_client: Any, turn: int) -> None:
    # Given no item / When one is written / Then it is the only one, in the second turn too
    key = {"pk": {"S": f"TURN#{turn}"}, "sk": {"S": "META"}}
    desk_client.put_item(TableName=tables.TABLE, Item=key)
    assert tables.items(desk_client) == [key]


@pytest.mark.parametrize(
    ("table", "attribute"),
    [(tables.TABLE, "expires_at"), (tables.IDEMPOTENCY_TABLE, "expiration")],
)
def test_each_engine_knows_when_an_item_expires(
    desk_client: Any, table: str, attribute: str
) -> None:
    # When expiry is as planned
    tables.enable_expiry(desk_client)

    # Then the engine goes by that attribute
    found = desk_client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert found == {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}


@pytest.mark.engine
@pytest.mark.xdist_group("engines")
@pytest.mark.proves("D1")
def test_expired_items_are_deleted(dynoxide_address: str) -> None:
    # Given the idempotency table, and an item of each kind: expired, not yet, never
    client = engines.client_of(dynoxide_address)
    tables.create(client)
    tables.create_idempotency(client)
    tables.enable_expiry(client)
    now = int(time.time())
    for identity, at in {"expired": now - HOUR_S, "not yet": now + HOUR_S}.items():
        put(client, {"id": {"S": identity}, "expiration": {"N": str(at)}})
    put(client, {"id": {"S": "never"}})

    # When time passes / Then the expired one is deleted, and the rest stays
    ends = time.monotonic() + 60
    while (found := ids(client)) != {"not yet", "never"}:
        assert time.monotonic() < ends, found
        time.sleep(0.1)


def put(client: Any, item: dict[str, Any]) -> None:
    client.put_item(TableName=tables.IDEMPOTENCY_TABLE, Item=item)


def ids(client: Any) -> set[str]:
    return {item["id"]["S"] for item in client.scan(TableName=tables.IDEMPOTENCY_TABLE)["Items"]}


@pytest.fixture
def without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout in which set-up has left Dynoxide out."""
    monkeypatch.setattr(engines, "DYNOXIDE", tmp_path / "dynoxide")
    monkeypatch.delenv(engines.REQUIRED, raising=False)


def test_without_dynoxide_its_tests_are_skipped_with_the_reason(without: None) -> None:
    with pytest.raises(pytest.skip.Exception, match="dynoxide is missing: `make setup-tests`"):
        engines.need_dynoxide()


def test_where_dynoxide_is_required_its_tests_fail(
    without: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(engines.REQUIRED, "1")

    with pytest.raises(pytest.fail.Exception, match="BATON_REQUIRE_DYNOXIDE is set, but"):
        engines.need_dynoxide()


def test_ci_requires_it() -> None:
    assert f" {engines.REQUIRED}=1" in (engines.ROOT / ".ci/run").read_text()
