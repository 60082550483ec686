"""The values that a template writes: where each stands, what it reads and what it goes through.

Jinja2's syntax tree does not say what stands before a value on its line; its lexer does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment as Jinja
from jinja2 import nodes
from jinja2.visitor import NodeTransformer

WRITERS = ("yaml", "toml", "comment")  # a value leaves by one of these; other filters shape it
GUARD = "_value"  # what a template calls each value through; no name that a template may read
Path = tuple[str, ...]

# A `#` outside quotes with a space before it, as YAML wants it
_COMMENT = re.compile(r"""(?:[^"']|"[^"]*"|'[^']*')*?(?<!\S)#""")
_HEADER = re.compile(r"\s*\[[^\]=]*$")


@dataclass(frozen=True)
class Value:
    """One value that a template writes, `{{ … }}`.

    Attributes
    ----------
    line:
        Where it begins.
    before:
        What stands before it on its line.
    filters:
        What it goes through, the last one first.
    writers:
        How many filters in it, however deep, write a value.
    paths:
        What it reads.
    """

    line: int
    before: str
    filters: tuple[str, ...]
    writers: int
    paths: tuple[Path, ...]

    @property
    def in_comment(self) -> bool:
        """Whether it stands in a comment."""
        return _COMMENT.match(self.before) is not None

    def misplaced(self, file: str) -> str:
        """What it must end in where it stands, if it does not; otherwise nothing."""
        own = next((name for name in ("yaml", "toml") if file.endswith(f".{name}.j2")), "")
        allowed = [own] if own else list(WRITERS)
        if self.in_comment or (own == "toml" and _HEADER.match(self.before)):
            allowed = ["comment", own]
        last = self.filters[0] if self.filters else ""
        return "" if last in allowed and self.writers == 1 else allowed[0]


def find_values(engine: Jinja, text: str, tree: nodes.Template) -> list[Value]:
    """Find everything that a template writes between its fixed text.

    Raises
    ------
    ValueError
        One is written in another way than `{{ … }}`.
    """
    parts = [
        part
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
        if not isinstance(part, nodes.TemplateData)
    ]
    spots = list(_spots(engine, text))
    if len(parts) != len(spots):
        raise ValueError("a value is written as {{ … }}, not as {% print … %}")
    return [
        Value(
            line=line,
            before=before,
            filters=_filters(part),
            writers=sum(each.name in WRITERS for each in _all_filters(part)),
            paths=tuple(path for _, path in paths(part)),
        )
        for part, (line, before) in zip(parts, spots, strict=True)
    ]


def _spots(engine: Jinja, text: str) -> Iterator[tuple[int, str]]:
    """The line of each value, and what is written before it on the same line."""
    before = ""
    for line, kind, token in engine.lex(text):
        if kind == "data":
            before = (before + token).rpartition("\n")[2]
        elif kind == "variable_begin":
            yield line, before
            before += "…"


def _filters(value: nodes.Node | None) -> tuple[str, ...]:
    return (value.name, *_filters(value.node)) if isinstance(value, nodes.Filter) else ()


def _all_filters(value: nodes.Node) -> Iterator[nodes.Filter]:
    if isinstance(value, nodes.Filter):
        yield value
    yield from value.find_all(nodes.Filter)


def paths(node: nodes.Node) -> Iterator[tuple[int, Path]]:
    """Every chain of attributes that begins at a name, and its line: the longest of each."""
    path = _path(node)
    if path:
        yield node.lineno, path
        return
    for child in node.iter_child_nodes():
        yield from paths(child)


def _path(node: nodes.Node) -> Path:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        inner = _path(node.node)
        return (*inner, node.attr) if inner else ()
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        inner = _path(node.node)
        return (*inner, str(node.arg.value)) if inner else ()
    return ()


class Guarding(NodeTransformer):
    """Has every value written by `GUARD(number, caller)`, so that one that fails stops no other."""

    def __init__(self) -> None:
        self._number = 0

    def visit_Output(self, output: nodes.Output) -> list[nodes.Node]:  # noqa: N802  (Jinja2's name)
        """Put each value of an output into a call of its own."""
        return [
            nodes.Output([part], lineno=part.lineno)
            if isinstance(part, nodes.TemplateData)
            else self._guarded(part)
            for part in output.nodes
        ]

    def _guarded(self, value: nodes.Expr) -> nodes.Node:
        at = value.lineno
        number = nodes.Const(self._number, lineno=at)
        self._number += 1
        call = nodes.Call(nodes.Name(GUARD, "load", lineno=at), [number], [], None, None, lineno=at)
        return nodes.CallBlock(call, [], [], [nodes.Output([value], lineno=at)], lineno=at)
