"""DynamoDB tables, as far as their removal is concerned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.adapters.aws import explained

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment


@dataclass(frozen=True)
class Table:
    """A table that is there.

    Parameters
    ----------
    items:
        As DynamoDB counts them, which it does about every six hours.
    protected:
        Whether it has deletion protection.
    """

    name: str
    items: int
    protected: bool


def describe_table(session: boto3.Session, environment: Environment, name: str) -> Table | None:
    """Look at a table; None where there is none."""
    client = session.client("dynamodb")
    with explained(environment, f"look at the table {name}"):
        try:
            found = client.describe_table(TableName=name)["Table"]
        except client.exceptions.ResourceNotFoundException:
            return None
    return Table(name, found.get("ItemCount", 0), found.get("DeletionProtectionEnabled", False))
