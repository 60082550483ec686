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
OPERATORS = {"ArnEquals", "ForAllValues:StringLike", "StringEquals", "StringLike"}
# The conditions' keys that a request can have. KMS is called by Lambda and SNS, never by the code:
# its keys are known, and none of the calls has them.
KEYS = {
    "dynamodb:LeadingKeys",
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
            and all(_holds(each, need.context) for each in self.conditions)
        )


Policy = tuple[Statement, ...]


def _holds(
    condition: tuple[str, str, tuple[str, ...]], context: frozenset[tuple[str, str]]
) -> bool:
    operator, key, values = condition
    asked = [value for name, value in context if name == key]
    if operator == "ForAllValues:StringLike":
        # a request without the key fulfils it: who allows by it must not allow a Scan
        return all(any(_matches(value, each) for value in values) for each in asked)
    if operator == "StringEquals":
        return bool(asked) and all(each in values for each in asked)
    return bool(asked) and all(any(_matches(value, each) for value in values) for each in asked)


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
    if operator not in OPERATORS or key not in KEYS:
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
                Need(OF_TRANSACTION[kind], f"{tables}/{body['TableName']}", _leading(_key(body)))
                for item in sent["TransactItems"]
                for kind, body in item.items()
            ]
        case "BatchGetItem" | "BatchWriteItem":
            return [
                Need(f"dynamodb:{operation}", f"{tables}/{name}", _leading(*_keys(of)))
                for name, of in sent["RequestItems"].items()
            ]
        case "Query":
            index = f"/index/{sent['IndexName']}" if "IndexName" in sent else ""
            place = sent["KeyConditionExpression"].split()[2]
            value = sent["ExpressionAttributeValues"][place]
            resource = f"{tables}/{sent['TableName']}{index}"
            return [Need("dynamodb:Query", resource, _leading({"pk": value}))]
        case "DeleteItem" | "GetItem" | "PutItem" | "UpdateItem":
            resource = f"{tables}/{sent['TableName']}"
            return [Need(f"dynamodb:{operation}", resource, _leading(_key(sent)))]
    raise ValueError(f"dynamodb: what {operation} needs is not known here")


def _key(body: Mapping[str, Any]) -> Mapping[str, Any]:
    key: Mapping[str, Any] = body["Key"] if "Key" in body else body["Item"]
    return key


def _keys(of: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(of, Mapping):
        return list(of["Keys"])
    return [_key(request) for each in of for request in each.values()]


def _leading(*keys: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """The partition keys of the desk's table; the records of idempotency have another one."""
    return frozenset(("dynamodb:LeadingKeys", str(key["pk"]["S"])) for key in keys if "pk" in key)
