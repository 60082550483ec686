"""The data bucket."""

from __future__ import annotations

from typing import Protocol


class Objects(Protocol):
    """JSON documents, each under a key."""

    def put(self, key: str, document: str) -> None:
        """Write a document; the same key is written over."""

    def put_once(self, key: str, document: str) -> None:
        """Write a document, unless there is one under this key: then that one stays."""
