"""Code run as somebody who has no rights: root may read everything, and tests may run as root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.codegen.builders import CHECKOUT

NOBODY = 65534


def without_rights(folder: Path, imports: str, code: str) -> str:
    """What code prints that is run in a folder by nobody.

    Parameters
    ----------
    imports:
        Done before, with all rights.
    """
    for above in (folder, *folder.parents):
        if above.stat().st_mode & 0o777 == 0o700:  # pytest's own, for their owner alone
            above.chmod(0o711)
        if above.name.startswith("pytest-of-"):
            break
    become = f"import os\nif os.getuid() == 0: os.setuid({NOBODY})"
    done = subprocess.run(
        [sys.executable, "-c", f"from pathlib import Path\n{imports}\n{become}\n{code}"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
