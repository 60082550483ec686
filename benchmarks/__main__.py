"""`python -m benchmarks [GROUP …]`: measure, and write results.json and README.md beside this.

Without a group, all of them. With some, theirs are measured anew, and the others stay as they are:
a figure and its reference are always of one run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import building, hand_off, journey, set_up, status
from benchmarks.figures import document, machine, table
from benchmarks.service import cold_start, emulated, layers, requests, stream

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
GROUPS = {
    "journey": journey.figures,
    "hand-off": hand_off.figures,
    "status": status.figures,
    "building": building.figures,
    "set-up": set_up.figures,
    "cold-start": cold_start.figures,
    "requests": requests.figures,
    "stream": stream.figures,
    "layers": layers.figures,
    "emulator": emulated.figures,
}
TITLE = """\
# Benchmarks

Written by `make bench`. Each figure stands beside the bare tools doing the same, in the same run
on the same machine; compare ratios, not seconds. The memory is that of a command's largest
process; the emulators' is not in it.
"""


def main(names: list[str]) -> int:
    """Measure the named groups; 2 where there is no such group."""
    unknown = set(names) - set(GROUPS)
    if unknown:
        print(f"no group {', '.join(sorted(unknown))}; there are: {', '.join(GROUPS)}")
        return 2
    for name in names or GROUPS:
        on = machine()
        measured = document(GROUPS[name](), on)
        print(table(measured))
        _keep(name, measured)
    return 0


def _keep(name: str, measured: dict[str, Any]) -> None:
    """Put a group's figures into both files, in the place of those of before."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results = {each: known[each] for each in known if each in GROUPS} | {name: measured}
    ordered = {each: results[each] for each in GROUPS if each in results}
    RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
    parts = [f"## {each}\n\n{table(group)}" for each, group in ordered.items()]
    (FOLDER / "README.md").write_text("\n".join([TITLE, *parts]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
