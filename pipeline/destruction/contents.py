"""What a unit's state says is there: the resources that a destruction would remove.

Pure: bytes in, values out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from codegen.sources.state import Owner, StateError, check_owner, owners, unusable


class _Instance(BaseModel):
    index_key: str | int | None = None
    attributes: dict[str, Any] | None = None


class _Resource(BaseModel):
    module: str | None = None
    mode: Literal["managed", "data"]
    type: str
    name: str
    instances: list[_Instance] = []


class _State(BaseModel):
    version: Literal[4]  # Terraform 0.12 and later
    resources: list[_Resource] = []


@dataclass(frozen=True)
class UnitContents:
    """The resources of one unit.

    Parameters
    ----------
    unit:
        The unit.
    addresses:
        As Terraform writes them, an instance each; empty once the unit is destroyed.
    buckets, tables:
        Names of those that are buckets or DynamoDB tables.
    keys:
        How many are KMS keys: they outlive the destruction for a while.
    """

    unit: str
    addresses: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    keys: int = 0


def contents_of(unit: str, content: bytes, where: str, owner: Owner) -> UnitContents:
    """Read a unit's state.

    Parameters
    ----------
    unit:
        The unit.
    content:
        The state object's bytes.
    where:
        What messages call it.
    owner:
        Whose state it must be.

    Raises
    ------
    StateError
        It is no Terraform state that can be read, or is another environment's.
    """
    try:
        managed = _managed(content)
        check_owner(owners(_values(managed, "tags_all")), owner)
    except StateError as error:
        raise type(error)(f"{where}: {error.message}", error.remedy) from error
    return UnitContents(
        unit=unit,
        addresses=tuple(address for each in managed for address in _addresses(each)),
        buckets=tuple(_names(managed, "aws_s3_bucket", "bucket")),
        tables=tuple(_names(managed, "aws_dynamodb_table", "name")),
        keys=sum(len(each.instances) for each in managed if each.type == "aws_kms_key"),
    )


def _managed(content: bytes) -> list[_Resource]:
    try:
        state = _State.model_validate_json(content)
    except ValidationError as error:
        raise unusable(content, error) from error
    return [resource for resource in state.resources if resource.mode == "managed"]


def read_contents(
    states: Mapping[str, bytes], where: Callable[[str], str], owner: Owner
) -> tuple[UnitContents, ...]:
    """The contents of every state, sorted by unit; `where` names a unit's state in messages."""
    return tuple(contents_of(unit, states[unit], where(unit), owner) for unit in sorted(states))


def _addresses(resource: _Resource) -> Iterator[str]:
    prefix = f"{resource.module}." if resource.module else ""
    for instance in resource.instances:
        key = "" if instance.index_key is None else f"[{json.dumps(instance.index_key)}]"
        yield f"{prefix}{resource.type}.{resource.name}{key}"


def _names(resources: list[_Resource], kind: str, attribute: str) -> Iterator[str]:
    of_kind = [resource for resource in resources if resource.type == kind]
    return (str(value) for value in _values(of_kind, attribute))


def _values(resources: list[_Resource], attribute: str) -> Iterator[Any]:
    instances = (instance for resource in resources for instance in resource.instances)
    found = ((instance.attributes or {}).get(attribute) for instance in instances)
    return (value for value in found if value)
