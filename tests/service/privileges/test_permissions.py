"""The policies' evaluator that the tests go by, which is no better than what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.privileges.permissions import Need, Policy, allowed, needs, policy

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
GET = Need("dynamodb:GetItem", TABLE)
LEADING = "dynamodb:LeadingKeys"


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
    ("partitions", "expected"),
    [(["a"], True), (["ab"], True), (["a", "b"], False), (["b"], False), ([], True)],
)
def test_a_condition_on_all_values(partitions: list[str], expected: bool) -> None:
    # Given a statement for some partitions / When others are asked for as well / Then it is none;
    # and as in IAM, whoever asks for no partition at all fulfils it
    need = Need(GET.action, GET.resource, frozenset((LEADING, each) for each in partitions))
    conditional = of({"Condition": {"ForAllValues:StringLike": {LEADING: ["a*"]}}})
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


P = frozenset({(LEADING, "p")})
KEY = {"pk": {"S": "p"}}
PUT = {"TableName": "t", "Item": KEY}


def of_p(action: str, table: str = "t") -> Need:
    """What is needed to do something with the items of the partition `p`."""
    return Need(f"dynamodb:{action}", f"{TABLE[:-1]}{table}", P)


@pytest.mark.parametrize(
    ("service", "operation", "sent", "expected"),
    [
        ("dynamodb", "GetItem", {"TableName": "t", "Key": KEY}, {of_p("GetItem")}),
        ("dynamodb", "PutItem", PUT, {of_p("PutItem")}),
        # of a table whose partition key is called otherwise, nothing is known
        ("dynamodb", "GetItem", {"TableName": "t", "Key": {"id": {"S": "p"}}}, {GET}),
        (
            "dynamodb",
            "Query",
            {
                "TableName": "t",
                "IndexName": "i",
                "KeyConditionExpression": "gsi1pk = :one AND begins_with(gsi1sk, :two)",
                "ExpressionAttributeValues": {":two": {"S": "other"}, ":one": {"S": "p"}},
            },
            {of_p("Query", "t/index/i")},
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"Put": PUT}, {"ConditionCheck": {"TableName": "u", "Key": KEY}}]},
            {of_p("PutItem"), of_p("ConditionCheckItem", "u")},
        ),
        (
            "dynamodb",
            "BatchWriteItem",
            {"RequestItems": {name: [{"PutRequest": {"Item": KEY}}] for name in "tu"}},
            {of_p("BatchWriteItem", name) for name in "tu"},
        ),
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [KEY, {"pk": {"S": "q"}}]}}},
            {Need("dynamodb:BatchGetItem", TABLE, frozenset({*P, (LEADING, "q")}))},
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
