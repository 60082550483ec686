"""The engine that terragrunt.hcl chooses, for tests that call it without Terragrunt."""

from __future__ import annotations

import shutil
from pathlib import Path

from codegen.terraform.engine import Engine, engine_of

ROOT = Path(__file__).resolve().parents[1]
ENGINE = engine_of(ROOT)


def copy_lock(folder: Path, engine: Engine = ENGINE) -> None:
    """Give a configuration the units' dependency lock, as terragrunt.hcl does."""
    shutil.copy(ROOT / engine.lock, folder / ".terraform.lock.hcl")
