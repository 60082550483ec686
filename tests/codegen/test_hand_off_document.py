"""docs/hand-off.md explains what is really said, and all of it."""

from __future__ import annotations

import re

import pytest

from codegen.problems import Kind
from codegen.sources import credentials, failures
from tests.codegen.builders import CHECKOUT

DOCUMENT = (CHECKOUT / "docs/hand-off.md").read_text()
SOURCES = (
    "\n".join(file.read_text() for file in sorted(CHECKOUT.glob("codegen/**/*.py")))
    + (CHECKOUT / "pipeline/adapters/aws.py").read_text()
)
# A sentence that goes on in the next line's string is one.
SAID = re.sub(r'"\s*\n\s*f?"', "", SOURCES)


def rows(heading: str) -> list[str]:
    """The first cells of the table that begins with this heading."""
    table = DOCUMENT.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_problem_is_explained(kind: Kind) -> None:
    # Given a kind, when it is looked up, then it has a row
    assert f"`{kind.id}`" in rows("kind")


@pytest.mark.parametrize(
    "phrase", [phrase for cell in rows("the message says") for phrase in cell.split("; ")]
)
def test_every_message_that_is_explained_is_one(phrase: str) -> None:
    # Given a message's words, without what is filled in
    parts = [part.strip(" :,") for part in phrase.split("…")]

    # When they are looked for, then Baton says them
    assert all(part in SAID for part in parts), phrase


CAUSES = {
    *(cause for cause, _ in failures._ANSWERS.values()),
    *(cause for cause, _ in failures._STATUSES.values()),
    *(cause for _, cause, _ in failures._exceptions()),
    *(cause for _, cause, _ in credentials._known()),
    failures._KEY[0],
}


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_every_cause_is_explained(cause: str) -> None:
    # Given why a state could not be read, without what is filled in
    words = re.sub(r"\{\w+\}", "…", cause)

    # When it is looked up, then a row has these words
    phrases = [phrase for cell in rows("the message says") for phrase in cell.split("; ")]
    assert any(phrase in words for phrase in phrases)
