"""Markdown from a Jinja2 template: how the generated documents are written."""

from __future__ import annotations

from typing import Any

import jinja2


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
