"""Whether two environments' values are the same but for names, and ids that AWS makes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# What AWS, or Terraform for it, puts into a name: an id behind the kind of thing, a moment, chance.
MADE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\b(acl|eigw|eipalloc|eni|fl|igw|nat|pl|rtb|rtbassoc|sg|sgr|subnet|vpc|vpce)"
            r"-[0-9a-f]{8,17}\b"
        ),
        r"\1-<id>",
    ),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    # Terraform's name_prefix: the moment and a counter
    (re.compile(r"(?<=-)\d{18}[0-9a-f]{8}\b"), "<moment>"),
    (re.compile(r"(:secret:.+)-[A-Za-z0-9]{6}$"), r"\1-<chance>"),
    (re.compile(r"(:table/[^/]+/stream/)\d{4}-\d\d-\d\dT[\d:.]+$"), r"\1<moment>"),
    # API Gateway's, in an address and in an ARN
    (re.compile(r"\b[a-z0-9]{10}(?=\.execute-api\.)"), "<id>"),
    (re.compile(r"(?<=/restapis/)[a-z0-9]{10}\b"), "<id>"),
    # Cognito's user pool, and its client, which is nothing but an id
    (re.compile(r"(<region>|\b[a-z]{2}(?:-[a-z]+)+-\d)_[A-Za-z0-9]{9}\b"), r"\1_<id>"),
    (re.compile(r"^[a-z0-9]{26}$"), "<id>"),
)


@dataclass(frozen=True)
class Likeness:
    """Two environments' names: what stands in the one where the other has its own.

    Parameters
    ----------
    names:
        For each environment: how its names are found in a text, and what is put in their place.
    """

    names: tuple[tuple[tuple[re.Pattern[str], str], ...], ...]

    @classmethod
    def of(cls, left: Mapping[str, Any], right: Mapping[str, Any]) -> Likeness:
        """From both environments' settings."""
        return cls((_names(left), _names(right)))

    def why(self, left: Any, right: Any) -> str:
        """What sets two values apart, where nothing else does: names or ids; otherwise nothing."""
        named = [
            changed(value, lambda text, names=names: replaced(text, names))  # type: ignore[misc]
            for value, names in zip((left, right), self.names, strict=True)
        ]
        if named[0] == named[1]:
            return "the environments' names"
        made = [changed(value, lambda text: replaced(text, MADE)) for value in named]
        return "ids that AWS made" if made[0] == made[1] else ""


def _names(settings: Mapping[str, Any]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What names an environment, the longest first: its prefix has its own name in it."""
    name, project = settings.get("name"), settings.get("project")
    found = (
        (f"{project}-{name}", r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])", "<prefix>"),
        (settings.get("account_id"), r"(?<!\d){}(?!\d)", "<account>"),
        # a zone's name begins with its region's
        (settings.get("region"), r"(?<![A-Za-z0-9]){}(?!\d)", "<region>"),
        (name, r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])", "<environment>"),
    )
    return tuple(
        (re.compile(pattern.format(re.escape(text))), put) for text, pattern, put in found if text
    )


def replaced(text: str, patterns: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    """A text with what the patterns find put out of it."""
    for pattern, put in patterns:
        text = pattern.sub(put, text)
    return text


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """A value of any shape with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {changed(key, change): changed(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [changed(each, change) for each in value]
    return value
