"""Tables: every cell whole, whatever is in it."""

from __future__ import annotations

import pytest

from pipeline.console import print_table


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
