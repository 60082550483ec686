"""The policy gate's rule: every finding must be one that policies/not-adopted.yaml expects."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from codegen.entries import load_entries
from codegen.errors import SettingsError
from pipeline.adapters.checkov import Finding

FILE = Path("policies", "not-adopted.yaml")


INDEX = re.compile(r"\[[^]]*\]")


def bare(resource: str) -> str:
    """A resource's address without the modules around it and the instance.

    Examples
    --------
    >>> bare('module.pool[0].aws_s3_bucket.this["data"]'), bare("AWS::SQS::Queue.Dlq")
    ('aws_s3_bucket.this', 'AWS::SQS::Queue.Dlq')
    """
    return ".".join(INDEX.sub("", resource).split(".")[-2:])


class NotAdopted(BaseModel):
    """A check we do not follow, for some resources or for all, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Annotated[
        str,
        Field(pattern=r"^CKV2?_AWS_\d+$", description="the id of a check, such as CKV_AWS_18"),
    ]
    reason: Annotated[str, Field(min_length=20, description="a text of at least 20 characters")]
    resources: Annotated[list[str], Field(description="a list of texts; * is a wildcard")] = ["*"]
    plans_only: Annotated[bool, Field(description="true or false")] = False

    def covers(self, finding: Finding) -> bool:
        # the gate shows a resource without its instance: what is copied from there covers all
        names = (finding.resource, bare(finding.resource))
        return finding.check == self.check and any(
            fnmatch.fnmatchcase(name, pattern) for pattern in self.resources for name in names
        )


def load(root: Path) -> list[NotAdopted]:
    """Read policies/not-adopted.yaml of a checkout or unpacked release.

    Raises
    ------
    SettingsError
        It is missing, or as `load_entries`.
    """
    try:
        return load_entries(root, FILE, NotAdopted)
    except FileNotFoundError as error:
        raise SettingsError(f"{FILE} is missing", "a file with `[]` has no exceptions") from error


def refused(findings: list[Finding], accepted: list[NotAdopted]) -> list[Finding]:
    """The findings that no entry covers."""
    return [f for f in findings if not any(entry.covers(f) for entry in accepted)]


def stale(findings: list[Finding], accepted: list[NotAdopted]) -> list[NotAdopted]:
    """The entries that cover nothing: what they excused has been mended."""
    return [entry for entry in accepted if not any(entry.covers(f) for f in findings)]
