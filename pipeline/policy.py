"""The policy gate's rule: every finding must be one that policies/not-adopted.yaml expects."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codegen.errors import SettingsError


@dataclass(frozen=True)
class Finding:
    """A failed check: its id and title, the resource, and where that stands."""

    check: str
    title: str
    resource: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.check} {self.resource} ({self.file}:{self.line}): {self.title}"


class NotAdopted(BaseModel):
    """A check we do not follow, for some resources or for all, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Annotated[str, Field(pattern=r"^CKV2?_AWS_\d+$")]
    reason: Annotated[str, Field(min_length=20)]
    resources: list[str] = ["*"]
    plans_only: bool = False

    def covers(self, finding: Finding) -> bool:
        return finding.check == self.check and any(
            fnmatch.fnmatchcase(finding.resource, pattern) for pattern in self.resources
        )


def load(file: Path) -> list[NotAdopted]:
    """Read policies/not-adopted.yaml.

    Raises
    ------
    SettingsError
        It is missing, no YAML, or an entry has no reason.
    """
    try:
        entries = yaml.safe_load(file.read_text())
        return [NotAdopted.model_validate(entry) for entry in entries]
    except FileNotFoundError as error:
        raise SettingsError(f"{file} is missing") from error
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise SettingsError(f"{file}: {' '.join(str(error).split())}") from error


def refused(findings: list[Finding], accepted: list[NotAdopted]) -> list[Finding]:
    """The findings that no entry covers."""
    return [f for f in findings if not any(entry.covers(f) for entry in accepted)]


def stale(findings: list[Finding], accepted: list[NotAdopted]) -> list[NotAdopted]:
    """The entries that cover nothing: what they excused has been mended."""
    return [entry for entry in accepted if not any(entry.covers(f) for f in findings)]
