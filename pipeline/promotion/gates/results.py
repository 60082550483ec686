"""What gates found, in one form for all of them (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from codegen.errors import GateRefusedError

Outcome = Literal["passed", "refused", "skipped"]


@dataclass(frozen=True)
class GateResult:
    """What one gate found.

    Parameters
    ----------
    name:
        The gate's name.
    outcome:
        "skipped" where there was nothing to look at, or it could not be looked at.
    said:
        What it looked at, or what is wrong, in one line.
    findings:
        Each thing that is wrong, where it refuses.
    remedy:
        The way out, where it refuses.
    """

    name: str
    outcome: Outcome
    said: str
    findings: tuple[str, ...] = ()
    remedy: str = ""

    def __str__(self) -> str:
        return "\n".join(
            [self.said + ":" * bool(self.findings), *map("  - {}".format, self.findings)]
        )


def refusal(results: Sequence[GateResult]) -> GateRefusedError | None:
    """The error with everything that was refused; None where nothing was."""
    refused = [result for result in results if result.outcome == "refused"]
    if not refused:
        return None
    if len(refused) == 1:
        return GateRefusedError(str(refused[0]), refused[0].remedy)
    names = ", ".join(result.name for result in refused)
    return GateRefusedError(
        "\n".join([f"{len(refused)} gates refuse: {names}", *map(str, refused)]),
        joined_remedies(refused),
    )


def joined_remedies(results: Sequence[GateResult]) -> str:
    """The ways out of several results, one a line below the first."""
    return "\n        ".join(result.remedy for result in results if result.remedy)
