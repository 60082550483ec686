"""Which engine runs the modules, Terraform or OpenTofu: as `engine` in terragrunt.hcl says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import BatonError

MINIMUM = (1, 11)  # of both, as modules/*/versions.tf says: use_lockfile is stable since then
SETTING = re.compile(r'^  engine\s*=\s*"([^"\n]*)"', re.MULTILINE)


@dataclass(frozen=True)
class Engine:
    """An engine: its name, its command, and the registry that its providers come from."""

    name: str
    command: str
    registry: str

    @property
    def provider(self) -> str:
        """The AWS provider's address: each engine takes `hashicorp/aws` for its registry's."""
        return f"{self.registry}/hashicorp/aws"

    @property
    def lock(self) -> str:
        """The dependency lock of all units, from the root."""
        return f"modules/{self.command}.lock.hcl"


TERRAFORM = Engine("Terraform", "terraform", "registry.terraform.io")
OPENTOFU = Engine("OpenTofu", "tofu", "registry.opentofu.org")
ENGINES = {engine.command: engine for engine in (TERRAFORM, OPENTOFU)}


def engine_of(root: Path) -> Engine:
    """The engine of the tree in `root`.

    Raises
    ------
    BatonError
        terragrunt.hcl names no engine, or one that is not known.
    """
    return engine_in((root / "terragrunt.hcl").read_text())


def engine_in(text: str) -> Engine:
    """The engine that terragrunt.hcl's text names."""
    found = SETTING.search(text)
    command = found[1] if found else "none"
    if command not in ENGINES:
        raise BatonError(
            f"terragrunt.hcl: engine is {command}; it can be {' or '.join(ENGINES)}",
            'write a line `  engine = "terraform"` in the first locals block of terragrunt.hcl',
        )
    return ENGINES[command]


if __name__ == "__main__":
    print(engine_of(Path.cwd()).command)
