"""A problem says what to do; a guess at what was meant comes after that, and never instead."""

from __future__ import annotations

import pytest

from codegen.problems import Kind, Problem, close_hint, hint

KNOWN = ["table_name", "table_arn", "stream_arn"]


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.id)
@pytest.mark.parametrize("remedy", ["", "add it to the document"])
def test_a_guess_hides_no_remedy(kind: Kind, remedy: str) -> None:
    # Given a problem of any kind, with a name that is close to another
    problem = Problem(kind, None, "it is wrong", remedy=remedy, hint=hint("table_nam", KNOWN))

    # When people read what to do, Then the remedy is there, and the guess after it
    assert problem.next == f"{remedy or kind.remedy} Did you mean table_name?"


def test_without_a_guess_there_is_the_remedy_alone() -> None:
    assert Problem(Kind.OUTPUT_UNDECLARED, None, "x").next == Kind.OUTPUT_UNDECLARED.remedy


@pytest.mark.parametrize(
    ("name", "guess", "close"),
    [
        ("table_nam", "Did you mean table_name?", "Did you mean table_name?"),
        ("bucket", "There are: table_name, table_arn, stream_arn.", ""),
    ],
)
def test_where_no_name_is_close_all_are_listed(name: str, guess: str, close: str) -> None:
    assert (hint(name, KNOWN), close_hint(name, KNOWN)) == (guess, close)
