"""Markdown: documents from a Jinja2 template, and texts and values inside of tables."""

from __future__ import annotations

from typing import Any

import jinja2

from codegen.shown import printable

LONGEST = 120  # characters of a value in a table


def markdown(template: str, **context: Any) -> str:
    """Render a document; the filter `cell` keeps a text inside its table's cell."""
    engine = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (Markdown)
    )
    engine.filters["cell"] = cell
    return engine.from_string(template).render(context)


def cell(text: str) -> str:
    """A text with what Markdown would take for the end of a cell escaped."""
    return text.replace("|", "\\|")


def code(value: str | None) -> str:
    """A value as it is, in a cell of a table: no mention, no markup, no further cell.

    Examples
    --------
    >>> code("a|b `c`"), code(None)
    ("`a\\\\|b 'c'`", '–')
    """
    if value is None:
        return "–"
    line = " ".join(printable(str(value)).split()).replace("`", "'").replace("|", "\\|") or " "
    return f"`{line if len(line) <= LONGEST else line[: LONGEST - 1] + '…'}`"
