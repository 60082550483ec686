"""The `baton` command on the stand-in project: `python -m … CHECKOUT HOME DIE_AFTER ARGUMENT…`.

It is the command itself, in a process of its own. Three things differ from the product: time-outs
are shorter, `build` asks neither SAM nor Terraform, and it can kill itself after a step.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from pipeline.adapters import terragrunt
from pipeline.checkout import Checkout
from pipeline.locking import environment, lease
from pipeline.release import validation
from pipeline.runs.console import Progress
from pipeline.target import session

LEASE_SECONDS = 4.0


def main(root: str, home: str, die_after: str, *arguments: str) -> int:
    """Run the command."""
    checkout = Checkout(Path(root), Path(home))
    Checkout.here = classmethod(lambda cls: checkout)  # type: ignore[method-assign, assignment]
    terragrunt.LOCK_TIMEOUT = "-lock-timeout=1s"
    environment.LEASE_SECONDS = LEASE_SECONDS
    lease.LOOK_SECONDS = 0.2
    session.PATIENCE |= {"connect_timeout": 1, "read_timeout": 2}
    validation.require_valid = lambda *_: None
    _die(die_after)

    from pipeline.__main__ import main

    return main(list(arguments))


def _die(after: str) -> None:
    """Let SIGKILL come right after a step has ended, as it would from outside."""
    end = Progress.end

    def end_and_die(self: Progress, name: str, *rest: Any) -> None:
        end(self, name, *rest)
        if name == after:
            os.kill(os.getpid(), signal.SIGKILL)

    Progress.end = end_and_die  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
