"""What a setting is: a typed field that says what it does, what it may be, and what it costs.

One sentence each, in one place: the error messages, the JSON schemas and docs/settings.md are all
made from these, so none of them can say anything else than what is enforced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


class Section(BaseModel):
    """A part of the settings: strict about types, closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True)
class About:
    """What people are told of a setting.

    Parameters
    ----------
    does:
        What the setting does, one or two sentences.
    allowed:
        What it may be, as a phrase; left out where the type says it already.
    cost:
        What it adds to the bill, USD in us-east-1; empty when nothing.
    """

    does: str
    allowed: str = ""
    cost: str = ""


def setting(
    does: str, *, allowed: str = "", cost: str = "", schema: dict[str, Any] | None = None
) -> Any:
    """Describe a field: `key: Annotated[int, setting("…")]`.

    Parameters
    ----------
    does, allowed, cost:
        As in `About`.
    schema:
        What the JSON schema must say besides the type, where a validator checks more than it.
    """
    facts: dict[str, Any] = {"x-allowed": allowed, "x-cost": cost}
    return Field(description=does, json_schema_extra=facts | (schema or {}))


def about(field: FieldInfo) -> About:
    """What people are told of a field; what its type says is put into words."""
    facts = field.json_schema_extra
    extra = facts if isinstance(facts, dict) else {}
    said = str(extra.get("x-allowed") or "") or _in_words(field)
    return About(field.description or "", said, str(extra.get("x-cost") or ""))


def nested(field: FieldInfo) -> type[Section] | None:
    """The section that a field holds, also where it may be null instead."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, Section):
            return kind
    return None


def _in_words(field: FieldInfo) -> str:
    optional = "null, " if type(None) in get_args(field.annotation) else ""
    if get_origin(field.annotation) is Literal:
        return ", ".join(str(value) for value in get_args(field.annotation))
    if field.annotation is bool:
        return "true, false"
    lowest = next((mark.ge for mark in field.metadata if isinstance(mark, Ge)), None)
    highest = next((mark.le for mark in field.metadata if isinstance(mark, Le)), None)
    kinds = (field.annotation, *get_args(field.annotation))
    noun = "a whole number" if int in kinds else "a number" if float in kinds else "a text"
    return f"{optional}{noun}{_bounds(lowest, highest)}"


def _bounds(lowest: Any, highest: Any) -> str:
    if lowest is not None and highest is not None:
        return f", {lowest:,} to {highest:,}"
    if lowest is not None:
        return f", at least {lowest:,}"
    return "" if highest is None else f", at most {highest:,}"
