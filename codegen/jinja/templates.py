"""The Jinja2 templates: what they read, and what they become.

The templates are the mapping from outputs to parameters, so what they read is found in their
syntax tree, not in a second list.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment as Jinja
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError

from codegen.errors import BatonError
from codegen.jinja.filters import FILTERS, FilterError
from codegen.jinja.values import GUARD, Guarding, Value, find_values, paths
from codegen.place import Place
from codegen.problems import Kind, Problem, hint
from codegen.reading import read_text, reason

# What a template may name, and how deep: outputs.<unit>.<name>, revisions.<function>.
ROOTS = {"outputs": 2, "environment": 1, "revisions": 1, "release": 1, "templates": 1}
UNAVAILABLE = "%%?-?-?%%"  # stands where a value cannot be had; not judged further
_UNAVAILABLE_TEXT = json.dumps(UNAVAILABLE)  # in YAML and TOML alike
Missing = Collection[tuple[str, ...]]  # the outputs that cannot be had: (unit, name)


class TemplateSourceError(BatonError):
    """A template in codegen/templates is missing, is no Jinja2, or fails while rendering."""

    def __init__(self, message: str, remedy: str = "correct the template; render again") -> None:
        super().__init__(message, remedy)


class RenderError(TemplateSourceError):
    """One value of a template cannot be written."""

    def __init__(self, where: Place, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.problem = Problem(Kind.VALUE_UNWRITABLE, where, why)


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
        Line → the filters that the value in it goes through, the last one first; no comments.
    values:
        Everything it writes, in the order of the text.
    """

    file: str
    text: str
    reads: tuple[Read, ...]
    misuses: tuple[Problem, ...]
    filters: Mapping[int, tuple[str, ...]]
    values: tuple[Value, ...]
    template: Template = field(repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def render(self, context: Mapping[str, Any], missing: Missing = ()) -> str:
        """Render with `context`.

        Parameters
        ----------
        missing:
            Outputs in whose values' place UNAVAILABLE is written.

        Raises
        ------
        RenderError
            A name is not defined, or a value does not fit its filter; says the line.
        """

        def value(number: int, caller: Callable[[], str]) -> str:
            return self._written(self.values[number], caller, missing)

        return self._rendered({**context, GUARD: value})

    def render_all(
        self, context: Mapping[str, Any], missing: Missing = ()
    ) -> tuple[str | None, list[Problem]]:
        """Render, and go on where a value cannot be written, so that all of them are told at once.

        Returns
        -------
        tuple
            The text; None where it fails outside values, as in a condition. The problems.
        """
        problems: list[Problem] = []

        def value(number: int, caller: Callable[[], str]) -> str:
            try:
                return self._written(self.values[number], caller, missing)
            except RenderError as error:
                problems.append(error.problem)
                return _UNAVAILABLE_TEXT

        try:
            return self._rendered({**context, GUARD: value}), problems
        except RenderError as error:
            return None, [*problems, error.problem]

    def _written(self, value: Value, write: Callable[[], str], missing: Missing) -> str:
        if any(path[0] == "outputs" and path[1:3] in missing for path in value.paths):
            return _UNAVAILABLE_TEXT
        try:
            return write()
        except Exception as error:  # an expression may raise whatever Python does
            raise RenderError(Place(self.file, value.line), _why(error)) from error

    def _rendered(self, context: Mapping[str, Any]) -> str:
        try:
            return self.template.render(context)
        except RenderError:
            raise
        except Exception as error:  # so may a condition
            raise RenderError(Place(self.file, _line_of(error)), _why(error)) from error


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
        return parse_source(read_text(path), shown_as)
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateSourceError(f"{shown_as}: cannot be read: {reason(error)}") from error


def parse_source(text: str, file: str) -> Source:
    """Parse one template and find what it reads.

    Raises
    ------
    TemplateSourceError
        It is no Jinja2.
    """
    try:
        tree = _JINJA.parse(text)
        reads = [Read(file, line, path) for line, path in paths(tree)]
        values = find_values(_JINJA, text, tree)
        template = _JINJA.from_string(Guarding().visit(tree))
    except TemplateSyntaxError as error:
        raise TemplateSourceError(f"{file}:{error.lineno}: {error.message}") from error
    except (RecursionError, SyntaxError, MemoryError) as error:  # the last two are Python's own
        raise TemplateSourceError(f"{file}: something in it is nested too deeply") from error
    except ValueError as error:
        raise TemplateSourceError(f"{file}: {error}") from error
    unchecked = {read: problem for read in reads if (problem := _misread(read))}
    return Source(
        file=file,
        text=text,
        reads=tuple(read for read in reads if read not in unchecked),
        misuses=(*unchecked.values(), *_unfiltered(values, file)),
        filters={value.line: value.filters for value in values if not value.in_comment},
        values=tuple(values),
        template=template,
    )


def _unfiltered(values: Sequence[Value], file: str) -> Iterator[Problem]:
    """Values that are not written as the place they stand in wants it."""
    for value in values:
        if wanted := value.misplaced(file):
            where = "in a comment" if wanted == "comment" else "here"
            if value.writers:
                what = f"a value {where} must be written by {wanted} alone"
            else:
                what = "a value is written without a filter"
            remedy = f"end it with | {wanted}" + (", and take the others out" * (value.writers > 0))
            yield Problem(Kind.VALUE_UNFILTERED, Place(file, value.line), what, remedy=remedy)


def _misread(read: Read) -> Problem | None:
    """Why it cannot be known what is read, if so."""
    root = read.path[0]
    if root not in ROOTS:
        what, meant = f"{root} is not known here", hint(root, sorted(ROOTS))
        return Problem(Kind.NAME_UNKNOWN, read.place, what, hint=meant)
    if len(read.path) <= ROOTS[root]:
        return Problem(Kind.READ_TOO_WIDE, read.place, f"{read} as a whole cannot be checked")
    return None


def _why(error: Exception) -> str:
    if isinstance(error, UndefinedError | FilterError | TypeError):
        return str(error)
    return f"{type(error).__name__}: {error}"  # `'x'` alone says little of a KeyError


def _line_of(error: BaseException) -> int:
    """The template's line: Jinja2 rewrites the traceback's last template frame to it."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
