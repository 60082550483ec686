"""Locks the AWS provider again for each engine, for every platform: a part of `make lock`.

An engine asks its registry for it, whose signed list has the hash of every platform's zip, and
downloads the packages to hash what is in them.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from codegen.terraform.engine import ENGINES, OPENTOFU, TERRAFORM, Engine
from tools import files
from tools.digests import SYSTEMS
from tools.machine import ROOT, SetupError, run

UNPACKED = re.compile(r'^    "h1:\S+",\n', re.MULTILINE)


def lock(root: Path, engine: Engine, command: Path) -> None:
    """Write an engine's lock, with the newest version that the modules allow.

    Raises
    ------
    SetupError
        The registry did not give it; the lock stays as it is.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copy(root / "modules" / "network" / "versions.tf", folder)
        platforms = [f"-platform={system}" for system in SYSTEMS]
        run(command, "providers", "lock", *platforms, cwd=folder, TF_CLI_CONFIG_FILE="/dev/null")
        text = (folder / ".terraform.lock.hcl").read_text()
    text = text[text.index("provider ") :]
    if engine == OPENTOFU:
        text = with_hashes(text, (root / TERRAFORM.lock).read_text())
    files.write(root / engine.lock, text.encode())


def with_hashes(text: str, other: str) -> str:
    """A lock that takes the unpacked packages of another one too: a mirror may hold these."""
    hashes = sorted(set(UNPACKED.findall(text)) | set(UNPACKED.findall(other)))
    first = text.index('    "h1:')
    return text[:first] + "".join(hashes) + UNPACKED.sub("", text[first:])


if __name__ == "__main__":
    programs = ROOT / ".tools" / "bin"
    try:
        for each in ENGINES.values():
            if (programs / each.command).exists():
                lock(ROOT, each, programs / each.command)
            else:
                print(f"lock: {each.lock} stays: {each.name} is not installed", file=sys.stderr)
    except SetupError as error:
        sys.exit(f"lock: {error}")
