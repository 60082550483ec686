"""The newest promotion of an environment, as a job's summary.

python -m pipeline.github.summary prod >> "$GITHUB_STEP_SUMMARY"
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from codegen.errors import BatonError
from codegen.markdown import code
from pipeline.checkout import Checkout
from pipeline.console import explain
from pipeline.promotion.history import read_history
from pipeline.promotion.records import Record
from pipeline.release.manifest import short
from pipeline.target import Target

MARKS = {"done": "✅", "skipped": "➖", "failed": "❌"}


def compose(record: Record) -> str:
    """A record for people, in Markdown (pure)."""
    outcome = "verified ✅" if record.verified else "failed ❌"
    lines = [
        f"### {record.kind} {record.number} of {record.environment}: {outcome}",
        "",
        f"Release `{short(record.release)}`"
        + (f", from {record.promoted_from}" if record.promoted_from else "")
        + f", by {code(record.by)}"
        + (f", approved by {code(record.approved_by)}" if record.approved_by else "")
        + f", in {record.seconds:.0f} s.",
    ]
    if record.failure:
        lines += ["", f"> {code(record.failure.splitlines()[0])}"]
    if record.fell_back_to:
        lines += ["", f"The application of `{short(record.fell_back_to)}` was put back."]
    lines += ["", "| step | | seconds | |", "| --- | --- | ---: | --- |"]
    lines += [
        f"| {step.name} | {MARKS[step.outcome]} | {step.seconds:.1f} "
        f"| {'<br>'.join(map(code, step.detail.splitlines()))} |"
        for step in record.steps
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the summary of an environment's newest record; a word where there is none."""
    from pipeline.adapters.store import ArtifactStore

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment")
    options = parser.parse_args(arguments)
    try:
        checkout = Checkout.here()
        target = Target.selected(checkout)
        settings = checkout.environment(options.environment)
        target.activate()
        records = read_history(ArtifactStore(target.session(settings), settings))
    except BatonError as error:
        return explain(error)
    print(compose(records[-1]) if records else f"{settings.name}: nothing was promoted yet\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
