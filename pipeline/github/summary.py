"""The newest promotion of an environment, as a job's summary.

python -m pipeline.github.summary prod >> "$GITHUB_STEP_SUMMARY"
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from codegen.errors import BatonError
from codegen.markdown import code
from pipeline.checkout import Checkout, run_address
from pipeline.records.opening import open_environment
from pipeline.records.record import Record
from pipeline.release.manifest import short
from pipeline.runs.console import explain
from pipeline.target import Target

MARKS = {"done": "✅", "skipped": "➖", "failed": "❌"}


def compose(record: Record) -> str:
    """A record for people, in Markdown (pure)."""
    outcome = f"{record.outcome} {'✅' if record.verified else '❌'}"
    lines = [
        f"### {record.kind} {record.number} of {record.environment}: {outcome}",
        "",
        f"Release `{short(record.release)}`"
        + (f", from {code(record.promoted_from)}" if record.promoted_from else "")
        + f", by {code(record.by)}"
        + (f", approved by {code(record.approved_by)}" if record.approved_by else "")
        + f", in {record.seconds:.0f} s.",
    ]
    if record.failure:
        lines += ["", f"> {code((record.failure.splitlines() or [''])[0])}"]
    if record.fell_back_to:
        lines += ["", f"Rolled back to release `{short(record.fell_back_to)}`."]
    lines += ["", "| step | | seconds | |", "| --- | --- | ---: | --- |"]
    lines += [
        f"| {code(step.name)} | {MARKS[step.outcome]} | {step.seconds:.1f} "
        f"| {'<br>'.join(map(code, step.detail.splitlines()))} |"
        for step in record.steps
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what this run has recorded; for a person, the newest record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment")
    options = parser.parse_args(arguments)
    try:
        checkout = Checkout.here()
        target = Target.selected(checkout)
        settings = checkout.environment(options.environment)
        target.activate()
        records = open_environment(target, settings).records
    except BatonError as error:
        return explain(error)
    print(told(records, settings.name, run_address()))
    return 0


def told(records: Sequence[Record], environment: str, run: str) -> str:
    """The newest record, if it is of the run that asks: what another has recorded is not its own.

    Parameters
    ----------
    run:
        The address of the run that is at work; empty on a person's machine.
    """
    if not records:
        return f"{environment}: nothing was promoted yet\n"
    if run and records[-1].run != run:
        return f"{environment}: this run has recorded nothing; its log says why\n"
    return compose(records[-1])


if __name__ == "__main__":
    sys.exit(main())
