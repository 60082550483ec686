"""The Jinja2 templates: what they read, and what they become.

The templates are the mapping from outputs to parameters, so what they read is found in their
syntax tree, not in a second list.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment as Jinja
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes

from codegen.errors import BatonError
from codegen.jinja.filters import FILTERS, FilterError
from codegen.jinja.unavailable import UNAVAILABLE
from codegen.problems import Kind, Place, Problem, hint

# What a template may name, and how deep: outputs.<unit>.<name>, revisions.<function>.
ROOTS = {"outputs": 2, "environment": 1, "revisions": 1, "release": 1, "templates": 1}
UNAVAILABLE_TEXT = json.dumps(UNAVAILABLE)  # in YAML and TOML alike
WRITERS = ("yaml", "toml", "comment")  # a value leaves by one of these; other filters shape it


class TemplateSourceError(BatonError):
    """A template in codegen/templates is missing, is no Jinja2, or fails while rendering."""

    def __init__(self, message: str, remedy: str = "mend the template, then render again") -> None:
        super().__init__(message, remedy)


class RenderError(TemplateSourceError):
    """One value of a template cannot be written."""

    def __init__(self, where: Place, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


@dataclass(frozen=True)
class Read:
    """A place where a template reads a value: `outputs.data.table_name` in line 12."""

    file: str
    line: int
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.path)

    @property
    def place(self) -> Place:
        """Its file and line."""
        return Place(self.file, self.line)


@dataclass(frozen=True)
class Source:
    """One Jinja2 template, parsed.

    Attributes
    ----------
    reads:
        The values it reads, in the order of the text.
    misuses:
        Where it does what cannot be checked.
    filters:
        Line → the filters that the value in it goes through, the last one first.
    """

    file: str
    text: str
    reads: tuple[Read, ...]
    misuses: tuple[Problem, ...]
    filters: Mapping[int, tuple[str, ...]]
    template: Template = field(repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def render(self, context: Mapping[str, Any]) -> str:
        """Render with `context`.

        Raises
        ------
        RenderError
            A name is not defined, or a value does not fit its filter; says the line.
        """
        try:
            return self.template.render(context)
        except (UndefinedError, FilterError, TypeError, ValueError) as error:
            raise RenderError(Place(self.file, _line_of(error)), str(error)) from error

    def without(self, line: int) -> Source:
        """The same template, which writes the mark of what cannot be had in the place of a value.

        Parameters
        ----------
        line:
            The value's line.
        """
        lines = self.text.splitlines(keepends=True)
        lines[line - 1] = _VALUE.sub(lambda _: UNAVAILABLE_TEXT, lines[line - 1])
        return parse_source("".join(lines), self.file)


def render_all(source: Source, context: Mapping[str, Any]) -> tuple[str, list[Problem]]:
    """Render, and go on where a value cannot be written, so that all of them are told at once.

    Raises
    ------
    RenderError
        It fails where no value is written, as in a condition.
    """
    problems: list[Problem] = []
    while True:
        try:
            return source.render(context), problems
        except RenderError as error:
            rest = source.without(error.where.line)
            if rest.text == source.text:
                raise
            problems.append(Problem(Kind.VALUE_UNWRITABLE, error.where, error.why))
            source = rest


_VALUE = re.compile(r"\{\{.*\}\}")
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
        tree = _JINJA.parse(text)
        reads = [Read(file, line, path) for line, path in _paths(tree)]
        filters = [(value.lineno, _filters(value)) for value in _values(tree)]
        template = _JINJA.from_string(tree)
    except TemplateSyntaxError as error:
        raise TemplateSourceError(f"{file}:{error.lineno}: {error.message}") from error
    unchecked = {read: problem for read in reads if (problem := _misread(read))}
    unfiltered = [
        Problem(Kind.VALUE_UNFILTERED, Place(file, line), "a value is written without a filter")
        for line, chain in filters
        if not chain or chain[0] not in WRITERS
    ]
    return Source(
        file=file,
        text=text,
        reads=tuple(read for read in reads if read not in unchecked),
        misuses=(*unchecked.values(), *unfiltered),
        filters=dict(filters),
        template=template,
    )


def _misread(read: Read) -> Problem | None:
    """Why it cannot be known what is read, if so."""
    root = read.path[0]
    if root not in ROOTS:
        what, remedy = f"{root} is not known here", hint(root, sorted(ROOTS))
        return Problem(Kind.NAME_UNKNOWN, read.place, what, remedy=remedy)
    if len(read.path) <= ROOTS[root]:
        return Problem(Kind.READ_TOO_WIDE, read.place, f"{read} as a whole cannot be checked")
    return None


def _values(tree: nodes.Template) -> Iterator[nodes.Node]:
    """Everything that is written between the fixed text, `{{ … }}`."""
    for output in tree.find_all(nodes.Output):
        yield from (part for part in output.nodes if not isinstance(part, nodes.TemplateData))


def _filters(value: nodes.Node | None) -> tuple[str, ...]:
    return (value.name, *_filters(value.node)) if isinstance(value, nodes.Filter) else ()


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
