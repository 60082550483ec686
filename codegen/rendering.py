"""The Jinja2 templates: what they read, and what they become.

The templates are the mapping from outputs to parameters, so what they read is found in their
syntax tree, not in a second list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment as Jinja
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes

from codegen.errors import BatonError
from codegen.filters import FILTERS, FilterError

# What a template may name, and how deep: outputs.<unit>.<name>, revisions.<function>.
ROOTS = {"outputs": 2, "environment": 1, "revisions": 1, "release": 1, "templates": 1}

_NO_FILTER = ("a value without a filter", "end it with | yaml or | toml")


class TemplateSourceError(BatonError):
    """A template in codegen/templates is missing, is no Jinja2, or fails while rendering."""

    def __init__(self, message: str, remedy: str = "mend the template, then render again") -> None:
        super().__init__(message, remedy)


@dataclass(frozen=True)
class Read:
    """A place where a template reads a value: `outputs.data.table_name` in line 12."""

    file: str
    line: int
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class Misuse:
    """A place where a template does what cannot be checked."""

    file: str
    line: int
    problem: str
    remedy: str


@dataclass(frozen=True)
class Source:
    """One Jinja2 template, parsed."""

    file: str
    text: str
    reads: tuple[Read, ...]
    misuses: tuple[Misuse, ...]
    template: Template = field(repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def render(self, context: Mapping[str, Any]) -> str:
        """Render with `context`.

        Raises
        ------
        TemplateSourceError
            A name is not defined, or a value does not fit its filter; says the line.
        """
        try:
            return self.template.render(context)
        except (UndefinedError, FilterError, TypeError, ValueError) as error:
            line = _line_of(error)
            raise TemplateSourceError(f"{self.file}:{line}: {error}") from error


_JINJA = Jinja(
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701  (YAML and TOML, not HTML: the filters escape)
)
_JINJA.filters.update(FILTERS)


def load_source(path: Path, shown_as: str) -> Source:
    """Read and parse one template.

    Raises
    ------
    TemplateSourceError
        It is missing, or is no Jinja2.
    """
    try:
        return parse_source(path.read_text("utf-8"), shown_as)
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateSourceError(f"{shown_as}: cannot be read: {error}") from error


def parse_source(text: str, file: str) -> Source:
    """Parse one template and find what it reads.

    Raises
    ------
    TemplateSourceError
        It is no Jinja2.
    """
    try:
        tree, template = _JINJA.parse(text), _JINJA.from_string(text)
    except TemplateSyntaxError as error:
        raise TemplateSourceError(f"{file}:{error.lineno}: {error.message}") from error
    reads: list[Read] = []
    misuses = [Misuse(file, value.lineno, *_NO_FILTER) for value in _unfiltered(tree)]
    for line, path in _paths(tree):
        if path[0] not in ROOTS:
            known = f"there are: {', '.join(sorted(ROOTS))}"
            misuses.append(Misuse(file, line, f"{path[0]} is unknown here", known))
        elif len(path) <= ROOTS[path[0]]:
            why = f"{'.'.join(path)} as a whole cannot be checked"
            misuses.append(Misuse(file, line, why, "name the one value that is meant"))
        else:
            reads.append(Read(file, line, path))
    return Source(file, text, tuple(reads), tuple(misuses), template)


def _unfiltered(tree: nodes.Template) -> Iterator[nodes.Node]:
    for output in tree.find_all(nodes.Output):
        for part in output.nodes:
            is_text = isinstance(part, nodes.TemplateData)
            if not is_text and not (isinstance(part, nodes.Filter) and part.name in FILTERS):
                yield part


def _paths(node: nodes.Node) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every chain of attributes that begins at a name: the longest of each."""
    path = _path(node)
    if path:
        yield node.lineno, path
        return
    for child in node.iter_child_nodes():
        yield from _paths(child)


def _path(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        inner = _path(node.node)
        return (*inner, node.attr) if inner else ()
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        inner = _path(node.node)
        return (*inner, str(node.arg.value)) if inner else ()
    return ()


def _line_of(error: BaseException) -> int:
    """The template's line: Jinja2 rewrites the traceback's last template frame to it."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
