"""The tool knows nothing of the service: none of its words is in `pipeline/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = re.compile(r"ticket|desk|processor|sweep|team", re.IGNORECASE)
# Commands that only this service has: they move into the service.
NOT_YET = ("pipeline/redrive/", "pipeline/commands/redrive.py")
# Where a word has another meaning: the words around it.
OTHER_MEANINGS = (
    "a person or a team",  # who answers for an accepted drift
    "Processor seconds of Baton",  # of the CPU
    "Python and processor",
    "The processor that code is for",
    "Lambda's name of the processor",
    "another processor",
)


def service_words(text: str) -> Iterator[str]:
    """The lines in which a word of the service is left once its other meanings are taken out."""
    for line in text.splitlines():
        rest = line
        for phrase in OTHER_MEANINGS:
            rest = rest.replace(phrase, "")
        if WORDS.search(rest):
            yield line.strip()


def test_no_word_of_the_service_is_in_the_pipeline() -> None:
    found = [
        f"{name}: {line}"
        for path in sorted((ROOT / "pipeline").rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
        for name in [path.relative_to(ROOT).as_posix()]
        if not name.startswith(NOT_YET)
        for line in [*service_words(name), *service_words(path.read_text())]
    ]
    assert found == []


def test_each_other_meaning_is_still_there() -> None:
    text = "\n".join(path.read_text() for path in (ROOT / "pipeline").rglob("*.py"))
    assert [phrase for phrase in OTHER_MEANINGS if phrase not in text] == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("TEAM_INDEX", 1), ("a person or a team", 0), ("a person or a team of tickets", 1)],
)
def test_a_word_of_the_service_is_seen(text: str, count: int) -> None:
    assert len(list(service_words(text))) == count
