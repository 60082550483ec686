"""EventBridge: policies that ask for an event's source.

AWS: a PutEvents request carries events:source, the source of its events, for policies to go by.
MiniStack: knows no such key, so a statement with that condition allows nobody anything.
Here: the sources that the request's entries name are in its context.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gaps.asked import Asked, add_keys

ACTION, KEY = "events:PutEvents", "events:source"


def install() -> None:
    """Add the key."""
    add_keys(keys)


def keys(asked: Asked, action: str, _arn: str) -> Mapping[str, Any]:
    """The distinct sources of a PutEvents request; none where it is no such request."""
    if action != ACTION:
        return {}
    entries = asked.document.get("Entries")
    found = sorted(
        {
            str(each["Source"])
            for each in entries or []
            if isinstance(each, dict) and "Source" in each
        }
    )
    return {KEY: found[0] if len(found) == 1 else found} if found else {}
