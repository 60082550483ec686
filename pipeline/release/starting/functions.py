"""The Python functions of an application, each with what its handler is imported with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.place import Place
from codegen.sam.artifacts import Values
from codegen.sam.globals import merged_properties
from codegen.sam.intrinsics import NO_VALUE, Evaluator, scalar_text
from codegen.sam.methods import PYTHON
from codegen.sam.packaged import FUNCTION, INLINE, RAW_FUNCTION
from codegen.sam.tree import Branch
from pipeline.release.pieces import How, Piece

INLINE_FILE = "index.py"


@dataclass(frozen=True, eq=False)  # by identity: it is one of a release's
class Code:
    """A zip of a release, or a function's text in the template.

    Attributes
    ----------
    resource:
        Whose it is.
    data:
        The zip.
    piece:
        What it is packed of; None for a text in the template.
    """

    resource: str
    data: bytes
    piece: Piece | None = None

    def source(self, name: str) -> Path | None:
        """The project's file that is under a name in the zip; None for an installed package's."""
        if self.piece is None:
            return None
        prefix = "python/" if self.piece.is_layer and self.piece.how is not How.ZIP else ""
        return self.piece.files.get(name.removeprefix(prefix))


@dataclass(frozen=True)
class PythonFunction:
    """One function.

    Attributes
    ----------
    resource, where:
        Its id, and where the template says what its handler is.
    runtime:
        What it runs on on this target.
    layers:
        Those of the release, lowest first.
    has_other_layers:
        Whether it always has a layer that the release does not: what that gives is not known.
    variables:
        Its environment variables, as far as they are known.
    """

    resource: str
    where: Place
    handler: str
    runtime: str
    code: Code
    layers: tuple[Code, ...]
    has_other_layers: bool
    variables: Mapping[str, str]


def python_functions(
    tree: Branch, packed: Sequence[tuple[Piece, bytes]], values: Values, runtime: str = ""
) -> Iterator[PythonFunction]:
    """Every Python function whose code is in the release, or in the template.

    Parameters
    ----------
    packed:
        Each piece of the release with its object.
    values:
        What parameters of the outermost template are likely to be: those of the branch go first.
    runtime:
        The one that all Python functions run on, where it is the target that decides.
    """
    for branch in tree.all:
        codes = {
            piece.artifact.resource: Code(piece.artifact.resource, data, piece)
            for piece, data in packed
            if piece.branch is branch and zipfile.is_zipfile(io.BytesIO(data))
        }
        reader = _Reader(branch, codes, values if branch is tree else {})
        for name, resource in branch.template.resources.items():
            if resource.get("Type") in (FUNCTION, RAW_FUNCTION):
                yield from reader.read(name, resource, runtime)


class _Reader:
    def __init__(self, branch: Branch, codes: Mapping[str, Code], values: Values) -> None:
        self._branch, self._codes = branch, codes
        self._evaluator = Evaluator(branch.template, {**values, **branch.values})
        # which layers there are must be true of every environment
        self._certain = Evaluator(branch.template, branch.values)

    def read(
        self, name: str, resource: Mapping[str, Any], runtime: str
    ) -> Iterator[PythonFunction]:
        properties = merged_properties(self._branch.template.document, resource)
        written, handler = (self._known(properties.get(each)) for each in ("Runtime", "Handler"))
        if not isinstance(written, str) or not PYTHON.fullmatch(written):
            return
        code = self._codes.get(name) or _inline(name, self._known(_inline_text(properties)))
        if code is None or not isinstance(handler, str):
            return
        layers, has_others = self._layers(properties.get("Layers"))
        yield PythonFunction(
            name,
            self._place(name),
            handler,
            runtime or written,
            code,
            layers,
            has_others,
            self._variables(properties.get("Environment")),
        )

    def _layers(self, listed: Any) -> tuple[tuple[Code, ...], bool]:
        found, others = [], False
        for item in listed if isinstance(listed, list) else ():
            options = self._options(item)
            local = [self._codes[each] for each in options if each and each in self._codes]
            found += local[:1]
            # where some environments have no layer there, the function must start without it
            others = others or not (local or None in options)
        return tuple(found), others or not isinstance(listed, list | None)

    def _options(self, item: Any) -> list[str | None]:
        """What a layer may be: a resource's id, or what is no resource; None for nothing."""
        if item == NO_VALUE:
            return [None]
        if isinstance(item, dict) and isinstance(item.get("Ref"), str):
            return [item["Ref"]]
        branches = item.get("Fn::If") if isinstance(item, dict) else None
        if isinstance(branches, list) and len(branches) == 3:
            known = _resolved(self._certain, item)
            if isinstance(known, dict) and "Fn::If" in known:
                return [*self._options(branches[1]), *self._options(branches[2])]
            return self._options(known)
        return [""]

    def _variables(self, environment: Any) -> dict[str, str]:
        variables = environment.get("Variables") if isinstance(environment, dict) else None
        found = {}
        for name, value in variables.items() if isinstance(variables, dict) else ():
            text = _text(self._known(value))
            if text is not None and "\0" not in text:
                found[name] = text
        return found

    def _place(self, name: str) -> Place:
        """Where its handler is written: in the resource, or in Globals."""
        template = self._branch.template
        origin = template.origins.get(("Resources", name))
        own = (*(origin.path if origin else ("Resources", name)), "Properties", "Handler")
        common = ("Globals", "Function", "Handler")
        is_own = "Handler" in (template.resources[name].get("Properties") or {})
        line = template.lines.get(own if is_own else common)
        return Place(template.file, line or template.line("Resources", name))

    def _known(self, node: Any) -> Any:
        return _resolved(self._evaluator, node)


def _resolved(evaluator: Evaluator, node: Any) -> Any:
    """A value with what is known put in; as it is, where an intrinsic function fails."""
    try:
        return evaluator.resolve(node)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return node


def _inline_text(properties: Mapping[str, Any]) -> Any:
    code = properties.get("Code")
    return properties.get(INLINE[FUNCTION]) or (
        code.get(INLINE[RAW_FUNCTION]) if isinstance(code, dict) else None
    )


def _inline(name: str, text: Any) -> Code | None:
    if not isinstance(text, str):
        return None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(INLINE_FILE), text)
    return Code(name, buffer.getvalue())


def _text(value: Any) -> str | None:
    """A variable's text; what only a deployment knows is called after the resource."""
    if isinstance(value, dict):
        named = value.get("Ref") or value.get("Fn::GetAtt")
        parts: list[Any] = named if isinstance(named, list) else [named]
        return ".".join(parts) if all(isinstance(part, str) for part in parts) else None
    return scalar_text(value) if isinstance(value, str | int | float) else None
