r"""AllowedPattern, which is Java's regular expression, read by Python.

CloudFormation's are java.util.regex's (docs.aws.amazon.com/AWSCloudFormation, "Using regular
expressions in CloudFormation templates"). What Java and Python read differently is either read as
Java does, or not at all: then no value can be checked here, though CloudFormation may take it.

- `\d`, `\w`, `\s`, `\b` know ASCII only, and `.` leaves out \r, \x85, \u2028 and \u2029 besides
  \n: read as Java does.
- Sets of sets (`[a-z&&[^q]]`), flags other than `(?i)`, `\v`, `\0`, and a `{` that repeats
  nothing: they mean something else, or nothing, in the other language. Not read.
- `\p{…}`, `\Q…\E`, `\z`, `\h`, `(?<name>…)` are Java's alone; `(?P<…>…)`, `(?#…)`, `(?(1)…)`,
  `{,3}`, `\U…` are Python's. Not read.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ESCAPE = re.compile(r"\\[^vUN0pPQEzhHRGX]", re.DOTALL)
_SET = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_SET_OPERATION = re.compile(r"\[|&&|--|\|\||~~")
_NOT_BOTH = re.compile(
    r"\(\?(?![:=!>]|<[=!]|i[:)])[^)]?"  # a group of another kind, a flag
    r"|\{(?!\d+(?:,\d*)?\})"  # no repetition
    r"|\\[pP](?:\{[^}]*\}|.)?|\\[vUN0QEzhHRGX]"
)
# What Java may take where Python does not: an escape, a look-behind of any width.
_OF_JAVA = re.compile(r"\\[A-Za-z]|\(\?<")
_TOKEN = re.compile(rf"\\.|{_SET}|\.", re.DOTALL)
_DOT = r"[^\n\r\x85\u2028\u2029]"


class PatternError(ValueError):
    """An AllowedPattern that Java and Python do not read alike: Baton cannot check it."""


class InvalidPatternError(PatternError):
    """An AllowedPattern that no reader takes."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile an AllowedPattern so that it takes what CloudFormation takes.

    Raises
    ------
    InvalidPatternError
        It is no regular expression in either language.
    PatternError
        It has what Java and Python do not read alike.
    """
    plain = _ESCAPE.sub("e", pattern)
    for found in re.finditer(_SET, plain):
        if _SET_OPERATION.search(found[0], 1):
            raise PatternError(f"Java and Python do not read {found[0]} alike")
    if unknown := _NOT_BOTH.search(re.sub(_SET, "s", plain)):
        raise PatternError(f"Java and Python do not both know {unknown[0]}")
    translated = _TOKEN.sub(lambda token: _DOT if token[0] == "." else token[0], pattern)
    try:
        return re.compile(translated, re.ASCII)
    except (OverflowError, RecursionError) as error:
        raise PatternError(f"Python cannot read it: {error}") from error
    except re.error as error:
        kind = PatternError if _OF_JAVA.search(pattern) else InvalidPatternError
        raise kind(f"Python cannot read it: {error}") from error
