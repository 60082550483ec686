"""`python -m tests.proof`: writes docs/proof.md, and says what is not proven."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.proof import proofs, rows, table

ROOT = Path(__file__).resolve().parents[2]
STACK = ROOT / "docs/stack.yaml"
DOCUMENT = ROOT / "docs/proof.md"


def main() -> int:
    """Write the document; 1 when rows and tests do not fit each other."""
    stack = rows.load(STACK)
    try:
        found = proofs.collect(ROOT)
    except proofs.MisplacedProofError as error:
        print(error, file=sys.stderr)
        return 1
    DOCUMENT.write_text(table.render(stack, found), "utf-8")
    wrong = table.problems(stack, found)
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
