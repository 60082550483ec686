"""Start MiniStack with its gaps closed: `<MiniStack's python> launch.py`.

Only the standard library and MiniStack are importable here. The settings come by environment
variables, as MiniStack documents them. The server runs in this very process (hypercorn, one
worker), which is why patches made before `main()` hold; its detached mode would start another.
"""

from __future__ import annotations

import sys
from importlib import metadata

from pinned import MINISTACK


def main() -> None:
    """Check the version, close the gaps, serve until SIGTERM."""
    found = metadata.version("ministack")
    if found != MINISTACK:
        sys.exit(
            f"MiniStack {found} is installed, the patches are written for {MINISTACK}: "
            "run `make setup`, or go through pipeline/local/ministack/gaps/ for the new version"
        )
    # imported late: these modules reach into MiniStack's internals, which another version may lack
    from gaps import install_all
    from ministack.app import main as serve

    install_all()
    serve()


if __name__ == "__main__":
    main()
