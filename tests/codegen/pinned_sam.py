"""What the pinned SAM CLI says of itself: its tables, and what it makes of a template."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

PYTHON = Path(__file__).parents[2] / ".tools/envs/sam/bin/python"


def ask(code: str, given: Any = None) -> Any:
    """What a piece of Python gives in SAM CLI's own environment.

    Parameters
    ----------
    code:
        Python that sets `answer`; it has `given`.
    """
    script = f"import json, sys\ngiven = json.load(sys.stdin)\n{code}\nprint(json.dumps(answer))"
    done = subprocess.run(
        [str(PYTHON), "-c", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        env={"SAM_CLI_TELEMETRY": "0", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
    )
    return json.loads(done.stdout.splitlines()[-1])
