"""A finding: one thing that is not as it was verified, which side has moved, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

HAND_OFF, UNITS = "hand-off", "units"  # the parts of drift
HIDDEN = "(not shown)"  # stands for a value that may be a secret
COLUMNS = ("moved", "what", "verified", "now")
LONGEST = 49  # of a value in a table for people; `--json` has all of it

# Which side is the odd one.
Kind = Literal[
    "contract",  # the states no longer give what the release's templates read
    "state",  # the outputs have changed, the stack has not
    "stack",  # the stack was given other values, or is in another state
    "unrecorded",  # stack and states agree on what no promotion has verified
    "function",  # a function that only one of release and stack has
    "alias",  # the alias is missing, or leads elsewhere
    "version",  # the version behind the alias is not the release's
    "$LATEST",  # edited since the version was published
    "template",  # the stack was deployed from another one
    "resource",  # changed outside Terraform
    "unapplied",  # Terraform's configuration says it, and no apply has brought it about
]


class Remedy(NamedTuple):
    """What to do about a finding: its `commands` and its `note`."""

    commands: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """One difference between what was verified and what is.

    Parameters
    ----------
    kind:
        The side that has moved.
    subject:
        What differs: a parameter, a function's setting.
    expected:
        As it was verified; None where there was nothing.
    actual:
        As it is now; None where there is nothing.
    commands:
        What puts it right, each as a shell takes it, in their order.
    note:
        What is to be known of them, or to be done where no command does it.
    part:
        The part of drift that found it.
    """

    kind: Kind
    subject: str
    expected: str | None
    actual: str | None
    commands: tuple[str, ...] = ()
    note: str = ""
    part: str = HAND_OFF

    def as_row(self) -> tuple[str, ...]:
        """The columns of the table."""
        return self.kind, self.subject, shown(self.expected), shown(self.actual)

    @property
    def next(self) -> str:
        """The note, with what is wrong where that is a sentence, which no table has room for."""
        return f"{self.actual}; {self.note}" if self.kind == "contract" else self.note

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return asdict(self)


def shown(value: str | None) -> str:
    """A value as people read it: one line, the middle of a long one left out."""
    if value is None:
        return "–"
    line = " ".join(value.split()) or "(empty)"
    if len(line) <= LONGEST:
        return line
    half = (LONGEST - 1) // 2
    return f"{line[:half]}…{line[-half:]}"
