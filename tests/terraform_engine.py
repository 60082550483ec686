"""The engine that terragrunt.hcl chooses, for tests that call it without Terragrunt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.terraform.engine import Engine, engine_of

ROOT = Path(__file__).resolve().parents[1]
ENGINE = engine_of(ROOT)


def copy_lock(folder: Path, engine: Engine = ENGINE) -> None:
    """Give a configuration the units' dependency lock, as terragrunt.hcl does."""
    shutil.copy(ROOT / engine.lock, folder / ".terraform.lock.hcl")


def need(engine: Engine) -> None:
    """Skip the test where an engine is not installed: set-up installs the one that is chosen."""
    if not (ROOT / ".tools" / "bin" / engine.command).exists():
        pytest.skip(f"{engine.name} is not installed: `make test-opentofu` installs it")
