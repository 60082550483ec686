"""What calls of AWS need of a policy, and what a policy allows.

Just as much of IAM as the functions' roles use. Whatever is not known here is an error: a call that
nothing is known of would need nothing, and a condition that is not read would always hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REGION = "us-east-1"

# What each part of a transaction is allowed as:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
OF_TRANSACTION = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}
# The parameters that ask for nothing beyond s3:PutObject; an ACL or tags would.
OF_PUT_OBJECT = {"Body", "Bucket", "ChecksumAlgorithm", "ContentType", "IfNoneMatch", "Key"}
# The conditions' keys that a request can have. KMS is called by Lambda and SNS, never by the code:
# its keys are known, and none of the calls has them.
KEYS = {
    "events:source",
    "kms:EncryptionContext:aws:lambda:FunctionArn",
    "kms:ViaService",
    "lambda:SourceFunctionArn",
}


@dataclass(frozen=True)
class Need:
    """What has to be allowed for a call.

    Parameters
    ----------
    context:
        What conditions can ask of the request: keys and values.
    """

    action: str
    resource: str
    context: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Statement:
    """A statement of a policy, of one action and one resource."""

    sid: str
    allows: bool
    action: str
    resource: str
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]

    def covers(self, need: Need) -> bool:
        return (
            _matches(self.action.lower(), need.action.lower())
            and _matches(self.resource, need.resource)
            and all(self._holds(each, dict(need.context)) for each in self.conditions)
        )

    @staticmethod
    def _holds(condition: tuple[str, str, tuple[str, ...]], context: Mapping[str, str]) -> bool:
        operator, key, values = condition
        if key not in context:
            return False
        if operator == "StringEquals":
            return context[key] in values
        return any(_matches(value, context[key]) for value in values)


Policy = tuple[Statement, ...]


def policy(document: Mapping[str, Any]) -> Policy:
    """The document's statements, one for each action and resource.

    Raises
    ------
    ValueError
        It says something that is not known here.
    """
    return tuple(each for raw in document["Statement"] for each in _statements(raw))


def allowed(policy: Policy, need: Need) -> bool:
    """Whether a policy allows what is needed, and does not deny it."""
    decisions = {statement.allows for statement in policy if statement.covers(need)}
    return decisions == {True}


def _statements(raw: Mapping[str, Any]) -> Iterator[Statement]:
    if unknown := raw.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}:
        raise ValueError(f"{raw['Sid']}: {sorted(unknown)} are not known here")
    conditions = tuple(
        _condition(operator, key, value)
        for operator, asked in raw.get("Condition", {}).items()
        for key, value in asked.items()
    )
    for action in _listed(raw["Action"]):
        for resource in _listed(raw["Resource"]):
            yield Statement(raw["Sid"], raw["Effect"] == "Allow", action, resource, conditions)


def _condition(operator: str, key: str, value: Any) -> tuple[str, str, tuple[str, ...]]:
    if operator not in {"ArnEquals", "StringEquals", "StringLike"} or key not in KEYS:
        raise ValueError(f"the condition {operator} of {key} is not known here")
    return operator, key, tuple(_listed(value))


def _listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _matches(pattern: str, text: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def needs(account: str, service: str, operation: str, sent: Mapping[str, Any]) -> Iterable[Need]:
    """What a call needs, as it is sent.

    Raises
    ------
    ValueError
        What such a call needs is not known here.
    """
    match service, operation:
        case "dynamodb", _:
            return _of_dynamodb(f"arn:aws:dynamodb:{REGION}:{account}:table", operation, sent)
        case "sns", "PublishBatch":
            return [Need("sns:Publish", sent["TopicArn"])]
        case "secretsmanager", "GetSecretValue":
            return [Need("secretsmanager:GetSecretValue", sent["SecretId"])]
        case "s3", "PutObject" if sent.keys() <= OF_PUT_OBJECT:
            return [Need("s3:PutObject", f"arn:aws:s3:::{sent['Bucket']}/{sent['Key']}")]
        case "events", "PutEvents":
            bus = f"arn:aws:events:{REGION}:{account}:event-bus"
            return [
                Need(
                    "events:PutEvents",
                    f"{bus}/{entry['EventBusName']}",
                    frozenset({("events:source", entry["Source"])}),
                )
                for entry in sent["Entries"]
            ]
    raise ValueError(f"{service}: what {operation} with {sorted(sent)} needs is not known here")


def _of_dynamodb(tables: str, operation: str, sent: Mapping[str, Any]) -> Iterable[Need]:
    match operation:
        case "TransactWriteItems":
            return [
                Need(OF_TRANSACTION[kind], f"{tables}/{body['TableName']}")
                for item in sent["TransactItems"]
                for kind, body in item.items()
            ]
        case "BatchGetItem" | "BatchWriteItem":
            return [
                Need(f"dynamodb:{operation}", f"{tables}/{name}") for name in sent["RequestItems"]
            ]
        case "DeleteItem" | "GetItem" | "PutItem" | "Query" | "UpdateItem":
            index = f"/index/{sent['IndexName']}" if "IndexName" in sent else ""
            return [Need(f"dynamodb:{operation}", f"{tables}/{sent['TableName']}{index}")]
    raise ValueError(f"dynamodb: what {operation} needs is not known here")
