"""One problem of a hand-off, and several; what can be wrong is in codegen.problem_kinds."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.errors import BatonError
from codegen.place import Place
from codegen.problem_kinds import Kind

__all__ = [
    "ContractError",
    "Kind",
    "Problem",
    "beside",
    "blocking",
    "close_hint",
    "hint",
    "nearest",
    "unique",
]


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit.

    Parameters
    ----------
    kind:
        Which of the known kinds.
    where:
        The side that is probably to be changed; None where a value has no line.
    what:
        What is wrong, one sentence with the names and values in it.
    other:
        The side that it does not fit.
    remedy:
        What to do next; "" where the kind's own says it.
    hint:
        The names that may be meant instead. It comes after the remedy and hides none: what is
        missing may as well have to be declared.
    """

    kind: Kind
    where: Place | None
    what: str
    other: Place | None = None
    remedy: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        other = f"\n      other side: {self.other}" if self.other else ""
        return f"{place}{self.what} [{self.kind.id}]{other}\n      next: {self.next}"

    @property
    def is_note(self) -> bool:
        """Whether it is only to be known: nothing is refused for it."""
        return self.kind.is_note

    @property
    def next(self) -> str:
        """What to do next."""
        remedy = self.remedy or self.kind.remedy
        return f"{remedy} {self.hint}" if self.hint else remedy

    def as_json(self) -> dict[str, Any]:
        """The problem for machines."""
        where, other = self.where, self.other
        return {
            "kind": self.kind.id,
            "is_note": self.is_note,
            "file": where and where.file,
            "line": where and where.line,
            "problem": self.what,
            "other_file": other and other.file,
            "other_line": other and other.line,
            "next": self.next,
        }


class ContractError(BatonError):
    """Outputs, templates and parameters do not fit each other; carries every problem found."""

    def __init__(self, problems: Sequence[Problem], remedy: str = "") -> None:
        noun = "problem" if len(problems) == 1 else "problems"
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"the hand-off contract has {len(problems)} {noun}:\n{listed}", remedy)
        self.problems = list(problems)


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    """Those that something must be done about: all but notes."""
    return [problem for problem in problems if not problem.is_note]


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, by file and line.

    That a value cannot be written is no second problem of a line that has another.
    """
    found = dict.fromkeys(problems)
    explained = {problem.where for problem in found if problem.kind is not Kind.VALUE_UNWRITABLE}
    return sorted(
        (
            problem
            for problem in found
            if problem.kind is not Kind.VALUE_UNWRITABLE or problem.where not in explained
        ),
        key=_order,
    )


def _order(problem: Problem) -> tuple[str, int, str]:
    where = problem.where
    return (where.file if where else "", where.line if where else 0, problem.what)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelled one is likeliest to mean."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def hint(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them."""
    names = list(known)
    return close_hint(name, names) or f"There are: {', '.join(names) or 'none'}."


def close_hint(name: str, known: Iterable[str]) -> str:
    """The nearest known name; empty where none is near."""
    close = nearest(name, known)
    return f"Did you mean {close}?" if close else ""


def beside(name: str, lines: Mapping[str, int], file: str, otherwise: int = 1) -> Place:
    """Where in a file a name ought to be: at the nearest there is, or else in another line."""
    close = nearest(name, lines)
    return Place(file, lines[close] if close else otherwise)
