"""Python values to and from DynamoDB's typed attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

Item = dict[str, Any]

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def typed(item: Mapping[str, Any]) -> Item:
    """The item as DynamoDB's API takes it; a None is an absent attribute."""
    return {name: _serializer.serialize(value) for name, value in item.items() if value is not None}


def plain(item: Mapping[str, Any]) -> Item:
    """The item as Python values; whole numbers are ints, not Decimals."""
    # most are texts, and finding out how to read one takes boto3 longer than reading it
    return {name: value["S"] if "S" in value else _other(value) for name, value in item.items()}


def placeholders(names: Iterable[str]) -> dict[str, str]:
    """What each attribute is called in an expression: DynamoDB keeps many words for itself."""
    return {f"#{name}": name for name in names}


def projection(names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The expression that wants these attributes, and its placeholders.

    boto3 takes longer to read an attribute than all else does that happens to it.
    """
    named = placeholders(names)
    return ", ".join(named), named


def _other(value: Any) -> Any:
    number = value.get("N")
    if number is not None and number.isdecimal():
        return int(number)
    return _plain(_deserializer.deserialize(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, set):
        return {_plain(inner) for inner in value}
    # boto3 wraps bytes, and does not describe by what
    return value.__bytes__() if isinstance(value, Binary) else value
