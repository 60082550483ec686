"""Where the Terraform side is, and how its tools are called: without credentials or state."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(folder for folder in (ROOT / "modules").iterdir() if folder.is_dir())

Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `module` each of the modules in turn."""
    if "module" in metafunc.fixturenames:
        metafunc.parametrize("module", MODULES, ids=lambda module: module.name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def outputs_of() -> Callable[[Path], set[str]]:
    """The outputs that the module in a folder declares."""

    def read(module: Path) -> set[str]:
        text = "".join(file.read_text() for file in module.glob("*.tf"))
        return set(re.findall(r'^output "(\w+)"', text, re.MULTILINE))

    return read


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a tool of .tools/bin to its end, with `cwd` and further environment variables.

    No profile and no credentials lead anywhere: what these tests call must not need AWS.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    settings = {
        "PATH": f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "TF_CLI_CONFIG_FILE": str(ROOT / ".tools" / "terraform.rc"),
        "TF_IN_AUTOMATION": "1",
        "TG_NON_INTERACTIVE": "true",
        "TG_STRICT_MODE": "true",
        "TG_NO_AUTO_PROVIDER_CACHE_DIR": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def call(
        *command: str | Path, cwd: Path = ROOT, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**clean, **settings, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def tree(tmp_path: Path, run: Run) -> Path:
    """A copy of what Terragrunt reads, a repository of its own, to be changed by a test."""
    shutil.copy(ROOT / "terragrunt.hcl", tmp_path)
    shutil.copy(ROOT / ".terragrunt-filters", tmp_path)
    leftovers = shutil.ignore_patterns(".terraform", ".terragrunt-cache")
    for folder in ("live", "units", "modules"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leftovers)
    assert run("git", "init", "--quiet", cwd=tmp_path).returncode == 0
    return tmp_path
