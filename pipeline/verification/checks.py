"""What a `verify` prints: a JSON object a line, for each check. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codegen.shown import printable, shorten

LONGEST = 1000  # characters of a detail that are kept
SHOWN_LINES = 3  # of those that are no check


class Check(BaseModel):
    """One line of a `verify`'s output.

    Parameters
    ----------
    check:
        What was checked, in a few words.
    ok:
        Whether it is right.
    seconds:
        How long it took.
    detail:
        What was seen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    check: Annotated[str, Field(min_length=1)]
    ok: bool
    seconds: Annotated[float, Field(ge=0)] = 0.0
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """All that a `verify` said, and how it ended.

    Parameters
    ----------
    checks:
        In the order in which they were printed.
    problems:
        Why nothing is verified, as sentences; empty where every check is right.
    """

    checks: tuple[Check, ...]
    problems: tuple[str, ...] = ()


def parse(line: bytes) -> Check | str:
    """The check of a line; otherwise what is wrong with the line, with its text."""
    try:
        check = Check.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        why = f"{where}: {first['msg']}" if where else first["msg"]
        return f"printed a line that is no check ({_one_line(why)}): {_one_line(_text(line), 200)}"
    return check.model_copy(
        update={"check": _one_line(check.check, 200), "detail": _one_line(check.detail)}
    )


def report(said: Sequence[Check | str], code: int, why: str, *, killed: bool) -> Report:
    """Judge a `verify`: it has verified only where nothing at all speaks against it.

    Parameters
    ----------
    said:
        Its lines, parsed.
    code:
        Its exit code; negative: the signal that ended it.
    why:
        Why Baton ended it; empty where it ended by itself.
    killed:
        Whether it had to be killed then.
    """
    checks = tuple(each for each in said if isinstance(each, Check))
    other = [each for each in said if isinstance(each, str)]
    problems = [f"{each.check}: {each.detail}" for each in checks if not each.ok]
    problems += other[:SHOWN_LINES]
    if len(other) > SHOWN_LINES:
        problems.append(f"and {len(other) - SHOWN_LINES} more lines that are no check")
    if why:
        problems.insert(0, why)
    else:
        problems += _end_problems(said, code)
    if killed:
        problems.append("it did not end in order and was killed: its test data may remain")
    return Report(checks, tuple(problems))


def _end_problems(said: Sequence[Check | str], code: int) -> Iterator[str]:
    """What is wrong with an end that Baton did not ask for."""
    if not said:
        yield "it printed no check"
    if code < 0:
        yield f"it was ended by signal {-code}"
    elif code and all(isinstance(each, Check) and each.ok for each in said):
        yield f"it ended with exit code {code}, and no check had failed"


def _text(line: bytes) -> str:
    return line[:LONGEST].decode(errors="replace")


def _one_line(text: str, longest: int = LONGEST) -> str:
    return shorten(" ".join(printable(text).split()), longest)
