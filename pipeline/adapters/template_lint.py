"""`sam validate --lint`: what SAM's transform and cfn-lint say of a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import BatonError
from pipeline.adapters import process

_FINDING = re.compile(
    r"\[(?P<rule>[EWI]\d{4}): (?P<title>[^\]]*)\] \((?P<what>.*?)\)"
    r" matched (?P<line>\d+)(?=, \[|\])",
    re.DOTALL,
)


@dataclass(frozen=True)
class Finding:
    """One finding: the line in what was looked at, and what is wrong there."""

    line: int
    what: str


def lint(template: Path, env: Mapping[str, str], region: str, log: Path) -> list[Finding]:
    """What is wrong with a template.

    Parameters
    ----------
    template:
        In one piece: a linter does not look into what it includes.
    env:
        The whole environment of the child process.
    region:
        The one whose resource types are looked up.
    log:
        Takes what the tool prints.

    Raises
    ------
    BatonError
        SAM is not installed, or says nothing of why it fails.
    """
    command = ("sam", "validate", "--lint", "--template-file", template, "--region", region)
    if not process.run(command, cwd=template.parent, env=env, log=log, check=False):
        return []
    said = log.read_text("utf-8", "replace")
    found = [
        Finding(int(each["line"]), f"{each['rule']}: {each['what'] or each['title']}")
        for each in _FINDING.finditer(said)
    ]
    return found or [Finding(1, _last(said, log))]


def _last(said: str, log: Path) -> str:
    """The reason of a failure that is no finding: `Error: [InvalidResourceException(…)] …`."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if not lines:
        raise BatonError("sam validate failed and said nothing", f"run it by hand; {log} is empty")
    errors = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
    return " ".join(lines[errors[0] if errors else -1 :]).removeprefix("Error: ")
