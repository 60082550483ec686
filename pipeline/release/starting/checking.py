"""Refuses a release with a Python function that cannot start, before it is saved."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from codegen.errors import BatonError
from codegen.problems import Kind, Problem, unique
from codegen.sam.artifacts import Values
from codegen.sam.tree import Branch
from pipeline.adapters.answers import Answers
from pipeline.checkout import Checkout
from pipeline.release import layers
from pipeline.release.manifest import digest
from pipeline.release.pieces import How, Piece
from pipeline.release.starting.faults import Fault, Looked, Scene, foreign_packages
from pipeline.release.starting.functions import Code, PythonFunction, python_functions
from pipeline.release.starting.importing import PROBE, Room, imported, link_boto3, unpack
from pipeline.target import Target

Packed = Sequence[tuple[Piece, bytes]]
KEPT = 200  # answers
AT_ONCE = 4


def require_starts(
    tree: Branch,
    packed: Packed,
    target: Target,
    values: Callable[[], Values],
    say: Callable[[str], None],
) -> None:
    """Import the handler of each Python function, with its layers.

    Parameters
    ----------
    tree, packed:
        The application, and each piece of it with its object.
    values:
        What the parameters are likely to be; asked only where there is a function.
    say:
        Told of what did not start here for a reason that may be this machine's.

    Raises
    ------
    BatonError
        A function cannot start; has the faults of all.
    """
    runtime = target.platform.runtime if target.name == "local" else ""
    if not any(python_functions(tree, packed, {}, runtime)):
        return
    found = list(python_functions(tree, packed, values(), runtime))
    looked = _Imports(target).look(found)
    for each in looked:
        if each.remark:
            say(each.remark)
    if problems := _problems(found, looked):
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise BatonError(f"no release was made:\n{listed}", "correct it, and build again")


def _problems(found: Iterable[PythonFunction], looked: Iterable[Looked]) -> list[Problem]:
    """Each fault once, with all functions that have it."""
    by_fault: dict[Fault, list[str]] = {}
    for function, each in zip(found, looked, strict=True):
        if each.fault:
            by_fault.setdefault(each.fault, []).append(function.resource)
    return unique(
        Problem(
            Kind.FUNCTION_BROKEN,
            fault.where,
            f"{' and '.join(names)} cannot start: {fault.what}",
            remedy=fault.remedy,
            hint=fault.hint,
        )
        for fault, names in by_fault.items()
    )


class _Imports:
    def __init__(self, target: Target) -> None:
        self._checkout: Checkout = target.checkout
        self._here = Target("local", target.checkout)  # what runs on this machine
        self._is_here = target.name == "local"
        self._answers = Answers(target.checkout.home / "starts", KEPT)

    def look(self, functions: Sequence[PythonFunction]) -> list[Looked]:
        """What comes of each function's import, now or when it was the same."""
        keys = [self._key(function) for function in functions]
        known = [self._answers.get(key) for key in keys]
        new = [f for f, remark in zip(functions, known, strict=True) if remark is None]
        imported_now = iter(self._import(new))
        result = []
        for key, remark in zip(keys, known, strict=True):
            looked = Looked(remark=remark) if remark is not None else next(imported_now)
            if remark is None and looked.fault is None:
                self._answers.put(key, looked.remark)
            result.append(looked)
        return result

    def _key(self, function: PythonFunction) -> str:
        """The digest of all that decides what comes of an import, and how it is reported."""
        code = [digest(each.data) for each in (function.code, *function.layers)]
        decides = [
            *(*code, function.handler, function.runtime, str(function.where), function.resource),
            *(sys.version, platform.machine(), digest(PROBE.read_bytes())),
            *(function.has_other_layers, sorted(function.variables.items())),
        ]
        return digest(json.dumps(decides).encode())

    def _import(self, functions: Sequence[PythonFunction]) -> list[Looked]:
        if not functions:
            return []
        with (
            tempfile.TemporaryDirectory(prefix="baton-") as scratch,
            ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool,
        ):
            folder = Path(scratch).resolve()
            link_boto3(folder / "runtime")
            opts = self._opts(functions, folder)
            return list(
                pool.map(
                    lambda each: self._one(each[1], folder, str(each[0]), opts),
                    enumerate(functions),
                )
            )

    def _opts(
        self, functions: Sequence[PythonFunction], folder: Path
    ) -> Mapping[tuple[Code, ...], tuple[Path, frozenset[str]]]:
        """Unpack each set of layers once; with the packages in it that are not for this machine."""
        found: dict[tuple[Code, ...], tuple[Path, frozenset[str]]] = {}
        for function in functions:
            if function.layers in found:
                continue
            opt = folder / f"opt-{len(found)}"
            opt.mkdir()
            foreign = [self._unpack(layer, opt) for layer in function.layers]
            found[function.layers] = opt, frozenset().union(*foreign)
        return found

    def _one(
        self,
        function: PythonFunction,
        folder: Path,
        name: str,
        opts: Mapping[tuple[Code, ...], tuple[Path, frozenset[str]]],
    ) -> Looked:
        opt, foreign = opts[function.layers]
        room = Room(folder / name / "task", opt, folder / "runtime")
        room.task.mkdir(parents=True)
        foreign |= self._unpack(function.code, room.task)
        scene = Scene(function, room, self._checkout.root.resolve(), foreign)
        return scene.judge(imported(function, room))

    def _unpack(self, code: Code, folder: Path) -> frozenset[str]:
        """Unpack code for this machine; gives the packages in it that are for another."""
        data, foreign, piece = code.data, frozenset[str](), code.piece
        if not self._is_here and piece is not None and piece.platform != self._here.platform:
            foreign = foreign_packages(data)
            if foreign:
                data, foreign = self._for_here(piece, data, foreign)
        unpack(data, folder)
        return foreign

    def _for_here(
        self, piece: Piece, data: bytes, foreign: frozenset[str]
    ) -> tuple[bytes, frozenset[str]]:
        """The same packages for this machine, where they are locked and there are such."""
        if piece.how is not How.UV:
            return data, foreign
        prefix = "python/" if piece.is_layer else ""
        here = self._here
        try:
            built = layers.build(piece.files, here.platform, here, prefix, str(piece.path))
        except BatonError:
            return data, foreign
        return built, frozenset()
