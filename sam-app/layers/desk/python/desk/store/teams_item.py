"""The item of all teams: TEAMS / META."""

from __future__ import annotations

from desk.store.attributes import Item

NAMES = "teams"


def key() -> Item:
    """The item's primary key."""
    return {"pk": "TEAMS", "sk": "META"}


def from_item(item: Item) -> frozenset[str]:
    """The teams that the item holds."""
    return frozenset(item.get(NAMES, ()))
