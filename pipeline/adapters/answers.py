"""Keeps what a slow tool has said, under a digest of all that it has read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codegen.files import FileChange, read_if_there, write_all


@dataclass(frozen=True)
class Answers:
    """The answers of one tool.

    Attributes
    ----------
    folder:
        Where they are.
    kept:
        How many; the oldest go first.
    """

    folder: Path
    kept: int

    def get(self, key: str) -> str | None:
        """The answer under a key; None where there is none."""
        found = read_if_there(self._file(key))
        return None if found is None else found.decode("utf-8", "replace")

    def put(self, key: str, answer: str) -> None:
        """Keep an answer."""
        write_all([FileChange(self._file(key), None, answer.encode())])
        files = sorted(self.folder.iterdir(), key=lambda each: each.stat().st_mtime)
        for file in files[: -self.kept]:
            file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / key
