"""Terraform's and Terragrunt's files are written the way their formatters write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.terraform_engine import ENGINE

Run = Callable[..., CompletedProcess[str]]

pytestmark = pytest.mark.engine


@pytest.mark.proves("P1")
def test_modules_are_formatted(run: Run, root: Path) -> None:
    # When
    done = run(ENGINE.command, "fmt", "-check", "-recursive", "-diff", root / "modules")

    # Then
    assert done.returncode == 0, done.stdout


@pytest.mark.proves("P1")
def test_terragrunt_files_are_formatted(run: Run, tree: Path) -> None:
    # When the filters file is not heeded, which would leave out the root and the units
    done = run("terragrunt", "hcl", "fmt", "--check", "--diff", "--no-filters-file", cwd=tree)

    # Then
    assert done.returncode == 0, done.stdout + done.stderr
