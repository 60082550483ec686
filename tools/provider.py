"""Puts the AWS provider, once, into one mirror folder that every unit's `init` links to.

A local mirror is used where there is one, because the provider is 700 MB unpacked and a machine
may not reach the public registry. The engine itself checks what it links against the hashes of its
dependency lock, modules/<engine>.lock.hcl.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

from codegen.terraform.engine import ENGINES, TERRAFORM, Engine
from tools import files

_config = threading.Lock()  # each engine's provider writes it, side by side


class ProviderError(Exception):
    """The provider is neither in a mirror of this machine nor to be had from its registry."""


def version(root: Path, engine: Engine) -> str:
    """The version that the engine's dependency lock names."""
    lock = (root / engine.lock).read_text()
    found = re.search(
        rf'provider "{re.escape(engine.provider)}" {{\s*version\s*=\s*"([^"]+)"', lock
    )
    if not found:
        raise ProviderError(f"{engine.lock} locks no {engine.provider}")
    return found[1]


def inputs(root: Path, engine: Engine) -> tuple[str, ...]:
    """What decides whether the mirror has to be filled again."""
    return (version(root, engine), os.environ.get("BATON_PROVIDER_MIRROR", ""))


def wanted(root: Path, engine: Engine, system: str) -> Path:
    """The package's folder below a mirror, as the engines lay mirrors out."""
    return Path(engine.provider) / version(root, engine) / system


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


def install(root: Path, tools: Path, engine: Engine, system: str) -> str:
    """Fill `.tools/providers`, write `.tools/terraform.rc`; return how in a few words.

    OpenTofu takes HashiCorp's package too, where a mirror has only that one: its lock has the
    hashes of both.

    Raises
    ------
    ProviderError
        Neither a mirror nor the registry has it; the message says what to do.
    """
    target = tools / "providers" / wanted(root, engine, system)
    for mirror in mirrors():
        for packager in dict.fromkeys((engine, TERRAFORM)):
            package = mirror / packager.provider / version(root, engine) / system
            if any(package.glob("terraform-provider-aws*")):
                remove(target)
                files.link(target, package)
                write_cli_config(tools)
                return f"linked from {mirror}"
    download(root, engine, tools / "bin" / engine.command, system, target)
    write_cli_config(tools)
    return f"downloaded {version(root, engine)}"


def remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def download(root: Path, engine: Engine, command: Path, system: str, target: Path) -> None:
    """Let the engine fetch the package from its registry (it checks the signature); unpack it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        module = Path(folder) / "module"
        module.mkdir()
        shutil.copy(root / "modules" / "network" / "versions.tf", module)
        shutil.copy(root / engine.lock, module / ".terraform.lock.hcl")
        done = subprocess.run(
            [command, "providers", "mirror", f"-platform={system}", "../packages"],
            cwd=module,
            env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
            capture_output=True,
            text=True,
            check=False,
        )
        pinned = version(root, engine)
        packages = list((Path(folder) / "packages").rglob(f"*_{pinned}_{system}.zip"))
        if done.returncode or not packages:
            reason = " ".join((done.stderr or done.stdout).split())[-300:]
            raise ProviderError(
                f"{engine.provider} {pinned} is in no local mirror and its registry did not give "
                f"it ({reason}).\n  Put the unpacked provider into a folder "
                f"<mirror>/{engine.provider}/{pinned}/{system}/ and run\n"
                "  `BATON_PROVIDER_MIRROR=<mirror> make setup`."
            )
        part = Path(folder) / "unpacked"
        with zipfile.ZipFile(packages[0]) as archive:
            archive.extractall(part)
        for program in part.glob("terraform-provider-*"):
            program.chmod(0o755)
        remove(target)
        part.replace(target)


def write_cli_config(tools: Path) -> None:
    """The engines' CLI configuration: the AWS provider from the mirror, any other as usual."""
    with _config:
        files.write(tools / "terraform.rc", _cli_config(tools / "providers").encode())


def _cli_config(providers: Path) -> str:
    held = [each.provider for each in ENGINES.values() if (providers / each.provider).is_dir()]
    addresses = ", ".join(f'"{address}"' for address in held)
    return f"""disable_checkpoint = true

provider_installation {{
  filesystem_mirror {{
    path    = "{providers}"
    include = [{addresses}]
  }}
  direct {{
    exclude = [{addresses}]
  }}
}}
"""
