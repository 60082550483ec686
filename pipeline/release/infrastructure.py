"""The digest of all that Terraform and Terragrunt read of a source tree."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from pipeline.release.manifest import digest

IGNORED = {".terragrunt-cache", ".terraform", "tests", ".DS_Store"}
# What Terraform and Terragrunt read of a source tree, besides the environment's own folder.
INFRASTRUCTURE = ("terragrunt.hcl", "live/project.yaml", "units", "modules")


def infrastructure_digest(tree: Path, environment: str | None) -> str:
    """SHA-256 over every file of a source tree that Terraform or Terragrunt reads for it.

    Of no environment: over what they read for every one.
    """
    own = () if environment is None else (f"live/{environment}",)
    names = {
        file.relative_to(tree).as_posix()
        for top in (*INFRASTRUCTURE, *own)
        for file in ([tree / top] if (tree / top).is_file() else (tree / top).rglob("*"))
        if file.is_file() and _counts(file.relative_to(tree))
    }
    total = hashlib.sha256()
    for name in sorted(names):
        total.update(f"{name} {digest((tree / name).read_bytes())}\n".encode())
    for line in neighbours(tree):
        total.update(f"{line}\n".encode())
    return total.hexdigest()


def neighbours(tree: Path) -> list[str]:
    """What units/delivery.hcl reads of every environment: the account, and what it comes from."""
    found = []
    for file in sorted(tree.glob("live/*/env.yaml")):
        own = yaml.safe_load(file.read_text()) or {}
        found.append(f"{file.parent.name} {own.get('account_id')} {own.get('promoted_from')}")
    return found


def _counts(name: Path) -> bool:
    # all but what neither reads, because file() and templatefile() read anything
    return not IGNORED.intersection(name.parts) and name.suffix != ".md"
