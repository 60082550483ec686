"""What people see on stderr, and what machines read on stdout.

Everything that reaches a terminal goes through here, and is cleaned here: texts come from tools,
records, settings and AWS, and may hold what a terminal or GitHub's runner takes for orders.
"""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from codegen.shown import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from codegen.errors import BatonError

WIDEST = 100_000  # columns of a table; rich takes whole columns away to fit a width
NARROW = 80  # columns of a terminal that nobody has widened
MARKS = {"done": ("✓", "green"), "skipped": ("–", "cyan"), "failed": ("✗", "red")}


def console() -> Console:
    """Rich's console on stderr; imported late, because most commands never need it."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line of talk."""
    print(printable(text), file=sys.stderr, flush=True)


def show(text: str) -> None:
    """A line of data for people, on stdout."""
    print(printable(text), flush=True)


def explain(error: BatonError) -> int:
    """Say what failed and what to do next; returns the exit code."""
    say(f"baton: {error.message}")
    if error.detail:
        say(textwrap.indent(error.detail, "    | "))
    if error.remedy:
        say(f"  next: {error.remedy}")
    return error.exit_code


def wrapped(text: str) -> str:
    """Each line of a text on as many lines as a narrow terminal needs; no word is taken apart."""
    return "\n".join(
        textwrap.fill(
            line,
            NARROW,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.splitlines()
    )


def write_json(document: Any) -> None:
    """The data of a command that was asked for `--json`, the only thing on stdout."""
    sys.stdout.write(as_json(document) + "\n")


def as_json(document: Any) -> str:
    """A document as JSON that means exactly it, and that a terminal can show.

    Characters that are not printable are written as JSON's own escapes.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else _escape(each) for each in text)


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]


class Progress:
    """One line per step: live with a spinner on a terminal, when it is done elsewhere.

    Parameters
    ----------
    title:
        What the steps belong to; printed above them.
    quiet:
        Print nothing (for `--json`).
    width:
        Of the longest name of a step, in characters.
    """

    def __init__(self, title: str, *, quiet: bool = False, width: int = 9) -> None:
        self._quiet = quiet
        self._width = width
        self._console = console()
        self._status: Status | None = None
        if not quiet:
            self._console.print(printable(title), style="bold", markup=False)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show that a step is at work; `end` says how it went."""
        if self._quiet or not self._console.is_terminal:
            yield
            return
        with self._console.status(f"  {name} …") as self._status:
            yield

    def ask(self, question: str) -> bool:
        """Ask on the terminal, with the spinner at rest; anything but `yes` is a no."""
        if self._status:
            self._status.stop()
        self._console.print(printable(question), markup=False)
        answer = input("Type yes to go on: ")
        if self._status:
            self._status.start()
        return answer.strip().lower() == "yes"

    def end(self, name: str, outcome: str, seconds: float, detail: str) -> None:
        """Print the line of a step that has ended."""
        if self._quiet:
            return
        from rich.markup import escape

        mark, colour = MARKS[outcome]
        first, *rest = printable(detail).splitlines() or [""]
        line = f"  [{colour}]{mark}[/{colour}] {name:<{self._width}} {seconds:5.1f} s"
        self._console.print(f"{line}  {escape(first)}".rstrip())
        for line in rest:
            self._console.print(f"{'':{self._width + 13}}{escape(line)}")

    def say(self, text: str) -> None:
        """A line of talk between the steps."""
        if not self._quiet:
            self._console.print(textwrap.indent(printable(text), "    "), style="dim", markup=False)


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, fits: bool = False
) -> None:
    """A table on stdout: data for people, where no `--json` was asked for.

    What is in a cell is shown as it is, brackets too, but for control characters.

    Parameters
    ----------
    columns, rows:
        Its head, and its cells.
    fits:
        Whether cells are folded where the terminal is narrower than the table. Otherwise, and
        wherever it is piped, it is as wide as it needs to be: a command in a cell stays whole.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    fits = fits and sys.stdout.isatty()
    for column in columns:
        table.add_column(column, no_wrap=not fits, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(" ".join(cell.split()))) for cell in row))
    console = Console(highlight=False, width=WIDEST)
    width = console.measure(table).maximum
    if fits:
        width = min(width, shutil.get_terminal_size().columns)
    with console.capture() as drawn:
        console.print(table, width=width, crop=False, soft_wrap=True)
    for line in drawn.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def stopwatch() -> float:
    """Seconds on a clock that never jumps."""
    return time.monotonic()
