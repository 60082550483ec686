"""What an import's answer means: a fault that stops the build, a remark, or neither."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codegen.place import Place
from codegen.problems import close_hint
from pipeline.adapters import ruff
from pipeline.release.starting.functions import INLINE_FILE, Code, PythonFunction
from pipeline.release.starting.importing import Answer, Room

# Modules that Lambda's Python has, and this machine's may not.
LAMBDA_ONLY = frozenset({"awslambdaric", "simplejson", "snapshot_restore_py"})
# docs.python.org, "What's New": modules that came, or went, between Lambda's Pythons.
ADDED = frozenset({"annotationlib", "compression"})
REMOVED = frozenset(
    {
        *("aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils"),
        *("imghdr", "imp", "lib2to3", "mailcap", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd"),
        *("sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
    }
)
_FOLDER = re.compile(r" \((unknown location|[^()]*\.py)\)$")  # Python's `… from 'x' (/tmp/…)`


@dataclass(frozen=True)
class Fault:
    """Why a function cannot start.

    Attributes
    ----------
    what:
        Without the function's name: several may have the same fault.
    remedy, hint:
        What to do; the names that may be meant.
    """

    where: Place
    what: str
    remedy: str
    hint: str = ""


@dataclass(frozen=True)
class Looked:
    """What came of a look at one function: a fault, a remark, or neither."""

    fault: Fault | None = None
    remark: str = ""


@dataclass(frozen=True)
class Scene:
    """What an answer is judged by.

    Attributes
    ----------
    root:
        The project: places are relative to it.
    foreign:
        What the code has for another platform than this machine's: names of packages.
    """

    function: PythonFunction
    room: Room
    root: Path
    foreign: frozenset[str] = frozenset()

    def judge(self, answer: Answer) -> Looked:
        """What an answer means."""
        text = self._handler_fault(answer)
        if text:
            remedy, hint = self._correct(answer)
            return Looked(Fault(self.function.where, text, remedy, hint))
        if answer.outcome in ("started", "built-in"):
            return Looked()
        where, what = self._place(answer), self._cleaned(answer.what)
        if answer.outcome in ("other", "hangs"):
            return Looked(remark=self._remark(where, what, "it may start where it runs"))
        if answer.outcome == "syntax":
            what = f"a syntax error: {what}"
        if why := self._doubt(answer):
            return Looked(remark=self._remark(where, what, why))
        return Looked(Fault(where, what, _REMEDIES.get(answer.outcome, "")))

    def _handler_fault(self, answer: Answer) -> str:
        """What is wrong with the handler itself; nothing where it is something else."""
        function = self.function
        module, dot, attribute = function.handler.rpartition(".")
        handler = f"Handler {function.handler}"
        missing = f"{handler}: the module {module} has no {attribute}"
        if not dot:
            return f"{handler} names no function: it is <module>.<function>"
        if answer.outcome == "other" and not answer.defines:
            return missing
        if answer.outcome == "no-module" and function.has_other_layers:
            return ""
        return {
            "no-module": f"{handler}: there is no module {module} in the code",
            "no-attribute": missing,
            "not-callable": f"{handler} cannot be called",
            "built-in": f"{handler}: {module} is a module of Python itself",
        }.get(answer.outcome, "")

    def _correct(self, answer: Answer) -> tuple[str, str]:
        module, _, attribute = self.function.handler.rpartition(".")
        hint = close_hint(attribute, answer.known)
        if answer.outcome == "no-module" or not module:
            code = self.function.code
            hint = close_hint(module or attribute, sorted(modules_of(code)))
        return "Correct Handler, or the name in the code.", hint

    def _doubt(self, answer: Answer) -> str:
        """Why a fault may be this machine's; nothing where it is the code's."""
        top = answer.name.partition(".")[0]
        here, there = sys.version_info[:2], _version(self.function.runtime)
        pythons = f"this machine has Python {here[0]}.{here[1]}, not {self.function.runtime}"
        is_standard = top in sys.stdlib_module_names | ADDED
        if answer.outcome == "syntax":
            is_certain = here >= there or self._is_refused_there(answer)
            return "" if is_certain else pythons
        if here < there and is_standard:
            return pythons
        if here > there and (top in REMOVED or is_standard):
            return pythons
        if top in LAMBDA_ONLY:
            return "Lambda's Python has it"
        if answer.outcome in ("import", "no-module") and self.function.has_other_layers:
            return "a layer that is not in the release may have it"
        used = {top, *(name.split("/")[0] for name, _ in self._inside(answer))}
        if used & self.foreign:
            return "its packages are for another processor or Python than this machine's"
        return ""

    def _is_refused_there(self, answer: Answer) -> bool:
        return ruff.refuses(Path(answer.frames[-1][0]), self.function.runtime)

    def _place(self, answer: Answer) -> Place:
        """The innermost line of the project's own; else where the template names the handler."""
        for name, line in reversed(answer.frames):
            if file := self._source(Path(name)):
                return Place(file, line)
        return self.function.where

    def _source(self, file: Path) -> str:
        """What a file of the room is called in the project; empty where it is not of it."""
        code = self.function.code
        if file.is_relative_to(self.room.task):
            found = code.source(file.relative_to(self.room.task).as_posix())
            is_inline = code.piece is None and file.name == INLINE_FILE
            return self.function.where.file if is_inline else self._shown(found)
        if file.is_relative_to(self.room.opt):
            name = file.relative_to(self.room.opt).as_posix()
            sources = (layer.source(name) for layer in reversed(self.function.layers))
            return self._shown(next((each for each in sources if each), None))
        return ""

    def _shown(self, file: Path | None) -> str:
        if file is None:
            return ""
        return str(file.relative_to(self.root)) if file.is_relative_to(self.root) else str(file)

    def _inside(self, answer: Answer) -> Iterator[tuple[str, int]]:
        """The frames in code and layers, by their names below the folders of modules."""
        for name, line in answer.frames:
            for folder in map(Path, self.room.path[:3]):
                if Path(name).is_relative_to(folder):
                    yield Path(name).relative_to(folder).as_posix(), line
                    break

    def _cleaned(self, what: str) -> str:
        """An exception's words on one line, without the folders of this run."""
        for folder in (self.room.task, self.room.opt, self.room.runtime):
            what = what.replace(f"{folder}/", "")
        return " ".join(_FOLDER.sub("", what).split())

    def _remark(self, where: Place, what: str, why: str) -> str:
        return f"{self.function.resource} did not start here: {where}: {what}; {why}"


_REMEDIES = {
    "syntax": "Correct the line.",
    "import": "Correct the import; or add what is missing: a file, a line of requirements.txt, "
    "a layer.",
    "killed": "Import the module by hand: python3 -c 'import …'",
}


def modules_of(code: Code) -> Iterator[str]:
    """The modules in a zip, by the names that a handler has for them."""
    with zipfile.ZipFile(io.BytesIO(code.data)) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                yield name.removesuffix(".py").removesuffix("/__init__")


def foreign_packages(data: bytes) -> frozenset[str]:
    """The packages with compiled code in a zip, by the first part of their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".so") or ".so." in name]
    tops = (re.sub(r"^python/(lib/python3\.\d+/site-packages/)?", "", name) for name in names)
    return frozenset(top.split("/")[0].split(".")[0] for top in tops)


def _version(runtime: str) -> tuple[int, int]:
    major, _, minor = runtime.removeprefix("python").partition(".")
    return int(major), int(minor)
