"""`make lock` locks the AWS provider for every platform, and both engines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.terraform.engine import ENGINES, OPENTOFU, TERRAFORM, Engine
from tools import provider_lock
from tools.machine import ROOT, SetupError

# an engine that writes a lock, and what it was asked
SCRIPT = """#!/bin/sh
echo "$@" >{root}/asked
cat >.terraform.lock.hcl <<end
# This file is maintained automatically

provider "{address}" {{
  version     = "5.100.0"
  hashes = [
    "h1:{own}",
    "zh:{own}",
  ]
}}
end
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "modules" / "network").mkdir(parents=True)
    shutil.copy(ROOT / "modules/network/versions.tf", tmp_path / "modules/network")
    return tmp_path


def command(root: Path, engine: Engine, own: str) -> Path:
    file = root / engine.command
    file.write_text(SCRIPT.format(root=root, address=engine.provider, own=own))
    file.chmod(0o755)
    return file


def test_it_is_locked_for_every_platform(root: Path) -> None:
    provider_lock.lock(root, TERRAFORM, command(root, TERRAFORM, "b"))

    assert (root / "asked").read_text() == (
        "providers lock -platform=darwin_amd64 -platform=darwin_arm64 "
        "-platform=linux_amd64 -platform=linux_arm64\n"
    )
    assert (root / TERRAFORM.lock).read_text() == (
        f'provider "{TERRAFORM.provider}" {{\n  version     = "5.100.0"\n'
        '  hashes = [\n    "h1:b",\n    "zh:b",\n  ]\n}\n'
    )


def test_opentofus_takes_hashicorps_packages_too(root: Path) -> None:
    provider_lock.lock(root, TERRAFORM, command(root, TERRAFORM, "b"))
    provider_lock.lock(root, OPENTOFU, command(root, OPENTOFU, "a"))

    assert '  hashes = [\n    "h1:a",\n    "h1:b",\n    "zh:a",\n  ]\n' in (
        (root / OPENTOFU.lock).read_text()
    )


def test_a_lock_that_cannot_be_had_leaves_the_one_there_is(root: Path) -> None:
    (root / TERRAFORM.lock).write_text("as it was")
    failing = root / "terraform"
    failing.write_text("#!/bin/sh\necho 'no route to host'; exit 1\n")
    failing.chmod(0o755)

    with pytest.raises(SetupError, match="no route to host"):
        provider_lock.lock(root, TERRAFORM, failing)

    assert (root / TERRAFORM.lock).read_text() == "as it was"


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_the_locks_are_as_it_writes_them(engine: Engine) -> None:
    text = (ROOT / engine.lock).read_text()

    assert text.startswith(f'provider "{engine.provider}" {{\n')
    assert provider_lock.with_hashes(text, text) == text
