"""Tables: every cell whole, whatever is in it."""

from __future__ import annotations

import re
import sys

import pytest

from pipeline.runs.console import print_table, wrapped


@pytest.mark.parametrize(
    "long", ["x" * 500, "words " * 100, "two\nlines", "[red]aws_x[0][/red]", 'aws_x.y["a"]', ""]
)
def test_a_cell_is_shown_as_it_is_in_one_line_and_hides_no_other(
    long: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_table(("", "what", "found"), [("✓", "short", long), ("✗", long, "short")])

    _, first, second = capsys.readouterr().out.splitlines()
    words = " ".join(long.split())
    assert " ".join(first.split()) == f"✓ short {words}".strip()
    assert " ".join(second.split()) == " ".join(f"✗ {words} short".split())


def test_a_terminal_takes_no_orders_from_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("value",), [("a\x1b[31mred\x07",)])

    assert capsys.readouterr().out.splitlines()[1].rstrip() == "ared�"


def test_columns_begin_below_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("environment", "state"), [("dev", "running"), ("staging", "stopped")])

    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "environment  state",
        "dev          running",
        "staging      stopped",
    ]


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_table_that_fits_is_no_wider_than_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    # Given a terminal, and a table that is wider
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    cells = (
        "not intended",
        "parameter",
        "ApiErrorsAlarmName",
        "x" * 40,
        "y" * 40,
        "some words " * 4,
    )

    # When it is printed, Then its cells are folded, and nothing of them is lost
    print_table(("group", "what", "name", "dev", "staging", "why"), [cells], fits=True)
    lines = re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= columns
    assert "".join(lines).count("x") == "".join(lines).count("y") - 1 == 40  # "why"


def test_a_table_that_is_piped_keeps_its_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    print_table(("value", "why"), [("x" * 90, "y")], fits=True)

    assert "x" * 90 in capsys.readouterr().out.splitlines()[1]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", 1),
        (" ".join(["word"] * 40), 3),
        ("one\ntwo", 2),
        ("/a/very/long/path" * 10, 1),
    ],
)
def test_a_text_is_wrapped_for_a_narrow_terminal_and_no_word_is_taken_apart(
    text: str, lines: int
) -> None:
    found = wrapped(text)

    assert len(found.splitlines()) == lines
    assert found.split() == text.split()
