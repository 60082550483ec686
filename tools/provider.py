"""Puts the AWS provider, once, into one mirror folder that every unit's `init` links to.

A local mirror is used where there is one, because the provider is 700 MB unpacked and a machine
may not reach the public registry. Terraform itself checks what it links against the hashes of
the modules' dependency locks.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ADDRESS = "registry.terraform.io/hashicorp/aws"


class ProviderError(Exception):
    """The provider is neither in a mirror of this machine nor to be had from its registry."""


def version(root: Path) -> str:
    """The locked version. Every module has the same lock; a test compares them."""
    lock = (root / "modules" / "network" / ".terraform.lock.hcl").read_text()
    found = re.search(rf'provider "{re.escape(ADDRESS)}" {{\s*version\s*=\s*"([^"]+)"', lock)
    if not found:
        raise ProviderError(f"modules/network/.terraform.lock.hcl locks no {ADDRESS}")
    return found[1]


def inputs(root: Path) -> tuple[str, ...]:
    """What decides whether the mirror has to be made anew."""
    return (version(root), os.environ.get("BATON_PROVIDER_MIRROR", ""))


def wanted(root: Path, system: str) -> Path:
    """The package's folder below a mirror, as Terraform lays mirrors out."""
    return Path(ADDRESS) / version(root) / system


def mirrors() -> Iterator[Path]:
    """Folders that may hold providers: ours by variable, Terraform's implied ones, /opt."""
    if named := os.environ.get("BATON_PROVIDER_MIRROR"):
        yield Path(named)
    home = Path.home()
    yield home / ".terraform.d" / "plugins"
    yield home / ".local" / "share" / "terraform" / "plugins"
    yield home / "Library" / "Application Support" / "io.terraform" / "plugins"
    yield Path("/usr/local/share/terraform/plugins")
    yield Path("/usr/share/terraform/plugins")
    yield from sorted(Path("/opt").glob("*"))


def install(root: Path, tools: Path, terraform: Path, system: str) -> str:
    """Fill `.tools/providers`, write `.tools/terraform.rc`; return how in a few words.

    Raises
    ------
    ProviderError
        Neither a mirror nor the registry has it; the message says what to do.
    """
    package = wanted(root, system)
    target = tools / "providers" / package
    remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_cli_config(tools)
    for mirror in mirrors():
        if any((mirror / package).glob("terraform-provider-aws*")):
            target.symlink_to(mirror / package)
            return f"linked from {mirror}"
    download(root, terraform, system, target)
    return f"downloaded {version(root)}"


def remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def download(root: Path, terraform: Path, system: str, target: Path) -> None:
    """Let Terraform fetch the package from its registry (it checks the signature); unpack it."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        module = Path(folder) / "module"
        module.mkdir()
        for name in ("versions.tf", ".terraform.lock.hcl"):
            shutil.copy(root / "modules" / "network" / name, module / name)
        done = subprocess.run(
            [terraform, "providers", "mirror", f"-platform={system}", "../packages"],
            cwd=module,
            env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
            capture_output=True,
            text=True,
            check=False,
        )
        packages = list((Path(folder) / "packages").rglob(f"*_{version(root)}_{system}.zip"))
        if done.returncode or not packages:
            reason = " ".join((done.stderr or done.stdout).split())[-300:]
            raise ProviderError(
                f"{ADDRESS} {version(root)} is in no local mirror and its registry did not give "
                f"it ({reason}).\n  Put the unpacked provider into a folder "
                f"<mirror>/{ADDRESS}/{version(root)}/{system}/ and run\n"
                "  `BATON_PROVIDER_MIRROR=<mirror> make setup`."
            )
        part = Path(folder) / "unpacked"
        with zipfile.ZipFile(packages[0]) as archive:
            archive.extractall(part)
        for program in part.glob("terraform-provider-*"):
            program.chmod(0o755)
        part.replace(target)


def write_cli_config(tools: Path) -> None:
    """Terraform's CLI configuration: this one provider from the mirror, the rest as ever."""
    (tools / "terraform.rc").write_text(
        "disable_checkpoint = true\n\n"
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f'    path    = "{tools / "providers"}"\n'
        f'    include = ["{ADDRESS}"]\n'
        "  }\n"
        "  direct {\n"
        f'    exclude = ["{ADDRESS}"]\n'
        "  }\n"
        "}\n"
    )
