"""`desk.ports.objects` in memory."""

from __future__ import annotations


class InMemoryObjects:
    """`Objects`; by key in `objects`."""

    def __init__(self) -> None:
        self.objects: dict[str, str] = {}

    def put(self, key: str, document: str) -> None:
        self.objects[key] = document

    def put_once(self, key: str, document: str) -> None:
        self.objects.setdefault(key, document)
