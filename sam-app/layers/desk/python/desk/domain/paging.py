"""Lists in pages: each says where the next one begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

# Where a page begins, in the store's own words: behind the item with these keys.
Position = Mapping[str, str]


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list, and where the next page begins; None after the last."""

    items: tuple[T, ...]
    following: Position | None
