"""The policies' evaluator that the tests go by, which is no better than what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.permissions import Need, Policy, allowed, needs, policy

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
GET = Need("dynamodb:GetItem", TABLE)


def of(*statements: dict[str, Any]) -> Policy:
    """A policy of these statements, each of which allows reading a table but for what it says."""
    whole = {"Sid": "S", "Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": [TABLE]}
    return policy({"Statement": [whole | each for each in statements]})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({}, True),
        ({"Action": "DynamoDB:getitem"}, True),
        ({"Action": ["dynamodb:Get*"]}, True),
        ({"Action": ["dynamodb:GetItems"]}, False),
        ({"Action": ["dynamodb:PutItem"]}, False),
        ({"Resource": [f"{TABLE[:-1]}?"]}, True),
        ({"Resource": [f"{TABLE}/index/*"]}, False),
        ({"Resource": [TABLE.upper()]}, False),
        ({"Resource": [TABLE.replace("/t", "/[t]")]}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"StringEquals": {"events:source": "desk.dev"}}}, False),
    ],
)
def test_one_statement(statement: dict[str, Any], expected: bool) -> None:
    assert allowed(of(statement), GET) is expected


def test_without_a_statement_nothing_is_allowed_and_a_denial_wins() -> None:
    assert not allowed((), GET)
    assert not allowed(of({}, {"Effect": "Deny", "Action": "*", "Resource": "*"}), GET)


@pytest.mark.parametrize(
    ("operator", "asked", "expected"),
    [
        ("StringEquals", "desk.dev", True),
        ("StringEquals", ["desk.prod", "desk.dev"], True),
        ("StringEquals", "desk.*", False),
        ("StringLike", "desk.*", True),
        ("StringLike", "ticket.*", False),
    ],
)
def test_a_condition(operator: str, asked: Any, expected: bool) -> None:
    need = Need(GET.action, GET.resource, frozenset({("events:source", "desk.dev")}))
    conditional = of({"Condition": {operator: {"events:source": asked}}})
    assert allowed(conditional, need) is expected


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ({"NotAction": ["s3:*"]}, "NotAction"),
        ({"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}, "aws:SourceVpc"),
        ({"Condition": {"StringNotEquals": {"events:source": "x"}}}, "StringNotEquals"),
    ],
)
def test_what_is_not_known_is_no_policy(statement: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        of(statement)


KEY = {"pk": {"S": "p"}}
PUT = {"TableName": "t", "Item": KEY}


@pytest.mark.parametrize(
    ("service", "operation", "sent", "expected"),
    [
        ("dynamodb", "GetItem", {"TableName": "t", "Key": KEY}, {GET}),
        (
            "dynamodb",
            "Query",
            {"TableName": "t", "IndexName": "i"},
            {Need("dynamodb:Query", f"{TABLE}/index/i")},
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"Put": PUT}, {"ConditionCheck": {"TableName": "u", "Key": KEY}}]},
            {
                Need("dynamodb:PutItem", TABLE),
                Need("dynamodb:ConditionCheckItem", f"{TABLE[:-1]}u"),
            },
        ),
        (
            "dynamodb",
            "BatchWriteItem",
            {"RequestItems": {"t": [{"PutRequest": {"Item": KEY}}], "u": []}},
            {Need("dynamodb:BatchWriteItem", f"{TABLE[:-1]}{name}") for name in "tu"},
        ),
        ("sns", "PublishBatch", {"TopicArn": "arn:t"}, {Need("sns:Publish", "arn:t")}),
        (
            "s3",
            "PutObject",
            {"Bucket": "b", "Key": "k/1", "Body": b""},
            {Need("s3:PutObject", "arn:aws:s3:::b/k/1")},
        ),
        (
            "events",
            "PutEvents",
            {"Entries": [{"EventBusName": "b", "Source": each} for each in ("x", "y")]},
            {
                Need(
                    "events:PutEvents",
                    "arn:aws:events:us-east-1:123456789012:event-bus/b",
                    frozenset({("events:source", each)}),
                )
                for each in ("x", "y")
            },
        ),
    ],
)
def test_what_a_call_needs(
    service: str, operation: str, sent: dict[str, Any], expected: set[Need]
) -> None:
    assert set(needs("123456789012", service, operation, sent)) == expected


@pytest.mark.parametrize(
    ("service", "operation", "sent"),
    [
        ("dynamodb", "Scan", {"TableName": "t"}),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "ACL": "public-read"}),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k"}),
        ("sts", "AssumeRole", {}),
    ],
)
def test_a_call_that_is_not_known_needs_somebody_to_look(
    service: str, operation: str, sent: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=operation):
        needs("123456789012", service, operation, sent)
