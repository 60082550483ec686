"""What the three environments render to, kept in goldens/.

Regenerate, and read the difference before it is committed:

    .tools/envs/baton/bin/python -m tests.codegen.goldens
"""

from __future__ import annotations

import shutil
from pathlib import Path

from codegen.handoff import prepare, write
from tests.codegen.builders import CHECKOUT, environment, output_values, release, state_outputs

GOLDENS = Path(__file__).parent / "goldens"
ENVIRONMENTS = ("dev", "staging", "prod")


def render_all(folder: Path) -> None:
    """Render the three environments into one folder, as a checkout has them."""
    for name in ENVIRONMENTS:
        env = environment(name)
        outputs = state_outputs(output_values(env))
        write([prepare(CHECKOUT, env, outputs, release())], folder)


if __name__ == "__main__":
    shutil.rmtree(GOLDENS, ignore_errors=True)
    render_all(GOLDENS)
