"""Start MiniStack with its gaps closed, behind a door: `<MiniStack's python> launch.py`.

Only the standard library and MiniStack are importable here. The settings come by environment
variables, as MiniStack documents them. The server runs in this very process (hypercorn, one
worker), which is why patches made before `main()` hold; its detached mode would start another.
"""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

from pinned import MINISTACK
from snapshots import Snapshots


def main() -> None:
    """Check the version, close the gaps, serve until SIGTERM."""
    found = metadata.version("ministack")
    if found != MINISTACK:
        sys.exit(
            f"MiniStack {found} is installed, the patches are written for {MINISTACK}: "
            "run `make setup`, or review pipeline/target/local/ministack/gaps/ for the new version"
        )
    port = int(os.environ["GATEWAY_PORT"])
    kept = Snapshots(Path(os.environ["STATE_DIR"]).parent)
    kept.restore(port)  # before MiniStack is imported, which reads what is there
    secret = Path(os.environ.pop("BATON_SECRET_FILE")).read_text()  # no function inherits it
    # imported late: these modules reach into MiniStack's internals, which another version may lack
    import credentials

    credentials.install(secret)  # before the gaps import the services

    from gaps import install_all
    from guard import guarded
    from ministack import app
    from saving import Saver

    install_all()
    saver = Saver(kept, port)
    app.app, app.save_all = guarded(saver.watching(app.app)), saver.save_at_the_end
    app.main()


if __name__ == "__main__":
    main()
