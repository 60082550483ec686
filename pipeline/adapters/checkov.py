"""checkov: one run over a folder of Terraform source, plan JSON and CloudFormation.

It takes seconds, most of them to start, and says the same of the same files. So its answer is kept
under a digest of all that it has read, and of the checkov that was installed.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from codegen.errors import BatonError
from codegen.files import FileChange, read_if_there, write_all
from pipeline.adapters import process

if TYPE_CHECKING:
    from pipeline.checkout import Checkout

FRAMEWORKS = ("terraform", "terraform_plan", "cloudformation")
KEPT = 50  # answers; the oldest go first


@dataclass(frozen=True)
class Finding:
    """A failed check: its id and title, the resource, and where that stands."""

    check: str
    title: str
    resource: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.check} {self.resource}: {self.title}"


@dataclass(frozen=True)
class Looked:
    """What checkov says of a folder.

    Parameters
    ----------
    findings:
        The failed checks.
    passed:
        How many others there were.
    before:
        Whether it was asked before, of the very same files.
    """

    findings: list[Finding]
    passed: int
    before: bool = False


KNOWN = TypeAdapter(Looked)


def look(folder: Path, env: Mapping[str, str], checkout: Checkout) -> Looked:
    """What checkov says of `folder`: asked now, or known from when it was asked of the same files.

    Parameters
    ----------
    folder, env:
        As for `findings`.
    checkout:
        Its home keeps the answers; its tools say which checkov is installed.

    Raises
    ------
    BatonError
        As for `findings`; and where the answer cannot be kept.
    """
    installed = read_if_there(checkout.tools / "stamps" / "checkov")
    if installed is None:  # another one may answer tomorrow
        return Looked(*findings(folder, env))
    file = checkout.home / "checkov" / f"{_digest(folder, installed)}.json"
    try:
        known = KNOWN.validate_json(read_if_there(file) or b"")
    except ValidationError:  # none yet, or one that another Baton has written
        known = Looked(*findings(folder, env))
        before = KNOWN.dump_json(Looked(known.findings, known.passed, before=True))
        write_all([FileChange(file, None, before)])
        _tidy(file.parent)
    return known


def _digest(folder: Path, installed: bytes) -> str:
    total = hashlib.sha256(installed)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def _tidy(answers: Path) -> None:
    for file in sorted(answers.glob("*.json"), key=lambda each: each.stat().st_mtime)[:-KEPT]:
        file.unlink(missing_ok=True)


def findings(folder: Path, env: Mapping[str, str]) -> tuple[list[Finding], int]:
    """Run checkov over `folder`.

    Parameters
    ----------
    folder:
        What is looked at: *.tf below it, *.json plans and templates.
    env:
        The whole environment of the child process.

    Returns
    -------
    tuple
        The failed checks, and the number of passed ones.

    Raises
    ------
    BatonError
        checkov itself failed, or could not read a file: then nothing is known.
    """
    command = [
        *("checkov", "--directory", str(folder), "--framework", *FRAMEWORKS),
        *("--output", "json", "--quiet", "--compact", "--skip-download", "--soft-fail"),
    ]
    # neither a configuration file of the user's nor a variable may take checks away
    own = {k: v for k, v in env.items() if not k.startswith(("CKV_", "BC_", "CHECKOV"))}
    own["HOME"] = str(folder)
    try:
        with process.timed("checkov"):
            done = subprocess.run(
                command, cwd=folder, env=own, capture_output=True, text=True, check=False
            )
    except FileNotFoundError as error:
        raise BatonError("checkov is not installed", "make setup") from error
    try:
        document = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise BatonError(f"checkov gave no result: {done.stderr.strip()[-500:]}") from error
    return parse(document if isinstance(document, list) else [document])


def parse(reports: list[dict[str, object]]) -> tuple[list[Finding], int]:
    """Read checkov's reports, one for each framework it found files of."""
    failed: list[Finding] = []
    passed = 0
    for report in reports:
        if "results" not in report:  # checkov's answer where a framework had no file
            continue
        results, summary = report["results"], report["summary"]
        assert isinstance(results, dict)  # noqa: S101 - tells the type checker
        assert isinstance(summary, dict)  # noqa: S101
        if results.get("parsing_errors") or summary.get("parsing_errors"):
            files = [str(file).lstrip("/") for file in results.get("parsing_errors") or ()]
            raise BatonError(
                f"checkov could not read {', '.join(files) or 'a file, and does not say which'}",
                "terraform validate in the module's folder says what is wrong",
            )
        passed += summary["passed"]
        failed += [
            Finding(
                check=str(check["check_id"]),
                title=str(check["check_name"]),
                resource=str(check["resource"]),
                file=str(check["file_path"]).lstrip("/"),
                line=int(check["file_line_range"][0]),
            )
            # a comment in the source is no place for an exception: it counts as a finding
            for check in (*results["failed_checks"], *results.get("skipped_checks", ()))
        ]
    if not passed:
        raise BatonError("checkov looked at nothing", "run it by hand: checkov -d modules")
    return failed, passed
