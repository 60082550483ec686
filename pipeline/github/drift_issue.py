"""One issue for each environment that has drifted: opened, kept up to date, closed again.

./baton drift prod --json > drift.json; python -m pipeline.github.drift_issue prod drift.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from codegen.errors import BatonError, UsageError
from codegen.markdown import code
from codegen.shown import printable
from pipeline.runs.console import explain

COLUMNS = ("moved", "what", "verified", "now")
MOST = 100  # findings in the table


def marker(environment: str) -> str:
    """The first line of an environment's issue, by which it is found again."""
    return f"<!-- baton: drift of {environment} -->"


def compose(environment: str, findings: Sequence[Mapping[str, Any]], run: str) -> str:
    """The issue's text (pure).

    Parameters
    ----------
    findings:
        What `baton drift --json` has printed: one or more.
    run:
        Address of the workflow run; empty where there is none.
    """
    rows = [_row(finding) for finding in findings[:MOST]]
    lines = [
        f"`{environment}` is no longer what its last promotion has verified"
        + (f" ([seen by this run]({run}))." if run else "."),
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|" + " --- |" * len(COLUMNS),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    if left := len(findings) - len(rows):
        lines += ["", f"… and {left} more: `./baton drift {environment}` has all of them."]
    lines += ["", *_remedies(findings), *_ending(environment)]
    return "\n".join(lines) + "\n"


def _row(finding: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(code(finding[name]) for name in ("kind", "subject", "expected", "actual"))


def _remedies(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """What puts it right, each once, in the findings' order."""
    lines: list[str] = []
    told = dict.fromkeys((f["kind"], f["note"], tuple(f["commands"])) for f in findings)
    for kind, note, commands in told:
        lines += [f"{code(kind)}: {code(note) if note else 'what puts it right'}", ""]
        if commands:
            pasted = (printable(line).replace("```", "'''") for line in commands)
            lines += ["```sh", *pasted, "```", ""]
    return lines


def _ending(environment: str) -> list[str]:
    return [
        "What is meant to stay as it is goes into `policies/accepted-drift.yaml`, with an owner, a "
        "reason and a day on which it ends. This issue is closed by the first run that finds "
        f"`{environment}` as it was verified."
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Open, change or close the issue of an environment; prints its address where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("findings", type=Path, help="what `baton drift --json` has printed")
    parser.add_argument("--run", default="", help="address of the workflow run")
    parser.add_argument("--print", action="store_true", dest="only_print", help="only show it")
    options = parser.parse_args(arguments)
    try:
        return _keep(options.environment, _read(options.findings), options.run, options.only_print)
    except BatonError as error:
        return explain(error)


def _keep(environment: str, findings: list[dict[str, Any]], run: str, only_print: bool) -> int:
    text = compose(environment, findings, run) if findings else ""
    if only_print:
        print(text, end="")
        return 0
    from pipeline.github.repository import close_issue, connect, put_issue

    mark = marker(environment)
    if findings:
        print(put_issue(connect(), f"{environment} has drifted", mark, text))
    elif address := close_issue(connect(), mark, f"`{environment}` is as it was verified. {run}"):
        print(address)
    return 0


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: {error}", "./baton drift ENVIRONMENT --json > FILE") from error
    if not isinstance(found, list):
        raise UsageError(f"{file} is no list of findings", "./baton drift ENVIRONMENT --json")
    return [finding for finding in found if not finding["accepted"]]


if __name__ == "__main__":
    sys.exit(main())
