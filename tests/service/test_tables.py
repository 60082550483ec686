"""The tests' tables are the ones that Terraform makes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service import planned, tables

SHAPE = ("hash_key", "range_key", "attributes", "global_secondary_indexes", "ttl_attribute")
ENVIRONMENTS = sorted(file.parent.name for file in (planned.ROOT / "live").glob("*/env.yaml"))

VALUES: dict[str, Any] = {
    "name": "desk-dev-table",
    "billing_mode": "PAY_PER_REQUEST",
    "hash_key": "pk",
    "range_key": None,
    "attribute": [{"name": "z", "type": "N"}, {"name": "pk", "type": "S"}],
    "global_secondary_index": [
        {
            "name": "index",
            "hash_key": "z",
            "range_key": "pk",
            "projection_type": "INCLUDE",
            "non_key_attributes": ["title"],
            "on_demand_throughput": [],
        }
    ],
    "local_secondary_index": [],
    "stream_enabled": None,
    "ttl": [{"attribute_name": "expires_at", "enabled": True}],
    "point_in_time_recovery": [{"enabled": True}],
}


def plan_of(**changes: Any) -> dict[str, Any]:
    """A plan with one table, and something that is none."""
    resources = [
        {"type": "aws_dynamodb_table", "name": "this", "values": VALUES | changes},
        {"type": "aws_appautoscaling_target", "name": "this", "values": {"min_capacity": 1}},
    ]
    return {"planned_values": {"root_module": {"resources": resources}}}


@pytest.mark.engine
def test_the_file_is_what_terraform_plans() -> None:
    now = planned.text(planned.tables())

    assert planned.FILE.read_text() == now, "write it anew: python -m tests.service.tables"


@pytest.mark.engine
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_has_tables_of_one_shape(environment: str) -> None:
    one, other = planned.inputs_of("dev"), planned.inputs_of(environment)

    assert {name: other[name] for name in SHAPE} == {name: one[name] for name in SHAPE}


def test_a_planned_table_is_made_so() -> None:
    # Given a table with a number, no sort key, and an index that holds a part
    (values,) = planned.extract(plan_of()).values()

    # When / Then it is made so
    assert tables.arguments(values) == {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "z", "AttributeType": "N"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "index",
                "KeySchema": [
                    {"AttributeName": "z", "KeyType": "HASH"},
                    {"AttributeName": "pk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]},
            }
        ],
    }
    assert tables.expiry(values) == {"Enabled": True, "AttributeName": "expires_at"}


def test_a_stream_is_made_as_planned() -> None:
    (values,) = planned.extract(plan_of(stream_enabled=True, stream_view_type="KEYS_ONLY")).values()

    assert tables.arguments(values)["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "KEYS_ONLY",
    }


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"local_secondary_index": [{"name": "local"}]}, "local_secondary_index"),
        ({"replica": [{"region_name": "eu-west-1"}]}, "replica"),
        (
            {
                "global_secondary_index": [
                    {"name": "index", "on_demand_throughput": [{"max_read_request_units": 1}]}
                ]
            },
            "on_demand_throughput",
        ),
    ],
)
def test_what_the_tests_tables_would_go_without_is_refused(
    change: dict[str, Any], named: str
) -> None:
    with pytest.raises(ValueError, match=f"makes no table with {named}"):
        planned.extract(plan_of(**change))
