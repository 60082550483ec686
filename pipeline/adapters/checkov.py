"""checkov: one run over a folder of Terraform source, plan JSON and CloudFormation."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from codegen.errors import BatonError
from pipeline.adapters import process
from pipeline.policy import Finding

FRAMEWORKS = ("terraform", "terraform_plan", "cloudformation")


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
            raise BatonError(f"checkov could not read {results.get('parsing_errors')}")
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
