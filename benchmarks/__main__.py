"""`python -m benchmarks [GROUP …]`: measure, and write results.json and README.md beside this.

Without a group, all of them. With one, only what it measured is printed: the files hold whole runs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks import building, hand_off, journey, set_up
from benchmarks.figures import document, machine, table

FOLDER = Path(__file__).parent
GROUPS = {
    "journey": journey.figures,
    "hand-off": hand_off.figures,
    "building": building.figures,
    "set-up": set_up.figures,
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
    on = machine()
    figures = [figure for name in names or GROUPS for figure in GROUPS[name]()]
    print(table(figures, on))
    if not names:
        results = json.dumps(document(figures, on), indent=1, ensure_ascii=False)
        (FOLDER / "results.json").write_text(results + "\n")
        (FOLDER / "README.md").write_text(TITLE + table(figures, on))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
