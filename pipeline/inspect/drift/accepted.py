"""Drift that somebody has accepted for a while: policies/accepted-drift.yaml.

An entry has an owner, a reason and a day on which it ends. From that day on what it accepted is
drift again, so nothing is forgotten. The file is the checkout's: it says nothing about a release.
"""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from codegen.entries import load_entries
from pipeline.inspect.drift.findings import Finding

FILE = Path("policies", "accepted-drift.yaml")


class Acceptance(BaseModel):
    """Drift that is accepted, by whom, why, and until when.

    Parameters
    ----------
    environment:
        Where.
    subject:
        What, as `baton drift` calls it; `*` and `?` stand for any text and any character.
    owner:
        Who answers for it: a person or a team.
    reason:
        Why it is left as it is, in a sentence.
    until:
        The first day on which it is drift again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    environment: Annotated[str, Field(description="an environment's name")]
    subject: Annotated[str, Field(min_length=3, description="a text of at least 3 characters")]
    owner: Annotated[str, Field(min_length=2, description="a text of at least 2 characters")]
    reason: Annotated[str, Field(min_length=20, description="a text of at least 20 characters")]
    until: Annotated[datetime.date, Field(description="a date, such as 2027-01-31")]

    def covers(self, environment: str, finding: Finding) -> bool:
        """Whether it is meant for this finding, whenever it ends."""
        # an address has brackets, which are no pattern here: aws_subnet.private["a"]
        pattern = self.subject.replace("[", "[[]")
        return self.environment == environment and fnmatch.fnmatchcase(finding.subject, pattern)


@dataclass(frozen=True)
class Judged:
    """The findings, told apart.

    Parameters
    ----------
    open:
        What nobody has accepted, or not any more.
    accepted:
        The others, each with what accepts it.
    expired:
        Acceptances that have ended and still cover something.
    idle:
        Acceptances for this environment that cover nothing: what they accepted was mended.
    """

    open: list[Finding]
    accepted: list[tuple[Finding, Acceptance]]
    expired: list[Acceptance] = field(default_factory=list)
    idle: list[Acceptance] = field(default_factory=list)


def judge(
    environment: str,
    findings: Sequence[Finding],
    acceptances: Iterable[Acceptance],
    today: datetime.date,
) -> Judged:
    """Tell apart what is accepted on a day, and what is not (pure)."""
    ours = [each for each in acceptances if each.environment == environment]
    standing = [each for each in ours if today < each.until]
    judged = Judged([], [])
    for finding in findings:
        by = next((each for each in standing if each.covers(environment, finding)), None)
        if by is None:
            judged.open.append(finding)
        else:
            judged.accepted.append((finding, by))
    for each in ours:
        covers = any(each.covers(environment, finding) for finding in findings)
        if not covers:
            judged.idle.append(each)
        elif each not in standing:
            judged.expired.append(each)
    return judged


def load(root: Path) -> list[Acceptance]:
    """Read the file; none is no error.

    Raises
    ------
    SettingsError
        As `load_entries`.
    """
    try:
        return load_entries(root, FILE, Acceptance)
    except FileNotFoundError:
        return []
