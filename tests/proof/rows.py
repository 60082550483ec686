"""The rows of the stack, as docs/stack.yaml lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]


class _Listed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Row(_Listed):
    """One part of the stack.

    `planned` names the subject that brings a row of which nothing is there yet, `to_come` the part
    that a row still lacks, `only_on_aws` what no test on one machine shows, and why.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,2}$")]
    part: Text
    what: Text
    planned: Text | None = None
    to_come: Text | None = None
    only_on_aws: Text | None = None


class Group(_Listed):
    """Rows that belong together, in the order in which they are shown."""

    title: Text
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]


class Stack(_Listed):
    """All that the stack must contain."""

    groups: tuple[Group, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all groups."""
        return tuple(row for group in self.groups for row in group.rows)


def load(file: Path) -> Stack:
    """Read the rows.

    Raises
    ------
    pydantic.ValidationError
        Something is missing, unknown or empty.
    """
    return Stack.model_validate(yaml.safe_load(file.read_text("utf-8")))
