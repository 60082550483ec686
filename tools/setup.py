"""Installs what Baton needs into `.tools/`; nothing outside the checkout but package caches.

Run by `make setup` with the machine's own Python (3.11 or newer), standard library only. Each
component has a stamp: the digest of everything it was made from. What is stamped is skipped, so
a second run is a matter of milliseconds, and a run that was killed simply goes on.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever Python the machine has
    sys.exit(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools import download, provider

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
# The interpreter itself: `python3` may be that of a virtual environment that is made anew here.
PYTHON = Path(sys.executable).resolve()
MINIMUM_TERRAFORM = (1, 11)  # use_lockfile of the S3 backend is stable since then
MINIMUM_GO = (1, 26)  # what tools/go.mod asks for
PYTHON_ENVIRONMENTS = {  # environment: the commands people call, linked into .tools/bin
    "baton": [],
    "sam": ["sam"],
    "aws": ["aws"],
    "checkov": ["checkov"],
    "ministack": [],
}


class SetupError(Exception):
    """Something cannot be installed; the message names it and says how to get it."""


@dataclass(frozen=True)
class Component:
    """One thing to install: its name, what it is made from, how, and what it leaves."""

    name: str
    inputs: tuple[str, ...]
    install: Callable[[], str]
    outputs: tuple[Path, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of the inputs and of this checkout's path (virtual environments contain it)."""
        return hashlib.sha256("\0".join((str(ROOT), *self.inputs)).encode()).hexdigest()

    @property
    def stamp(self) -> Path:
        return TOOLS / "stamps" / self.name


def versions() -> dict[str, str]:
    """The pinned versions, from mise.toml: the one place that names them."""
    pins: dict[str, str] = tomllib.loads((ROOT / "mise.toml").read_text())["tools"]
    return pins


def system() -> str:
    """This machine as Terraform and Go name it, for example "linux_amd64"."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}_{machine}"


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> str:
    """Run a command, return what it printed; raise SetupError with its last lines if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n  ".join(done.stdout.strip().splitlines()[-8:])
        raise SetupError(f"`{' '.join(map(str, command))}` failed:\n  {tail}")
    return done.stdout


def version_of(output: str) -> tuple[int, ...]:
    """The first version in `output`, as numbers: "go1.26.8" → (1, 26, 8)."""
    for word in output.replace("go1", "1").replace("v", " ").split():
        parts = word.split("-")[0].split(".")
        if len(parts) >= 2 and all(part.isdigit() for part in parts):
            return tuple(int(part) for part in parts)
    return ()


def install_uv() -> str:
    home = TOOLS / "envs" / "uv"
    shutil.rmtree(home, ignore_errors=True)
    try:
        run(PYTHON, "-m", "venv", home)
    except SetupError as error:
        raise SetupError(
            f"{error}\n  Python's venv module is incomplete. Debian and Ubuntu: "
            "`apt-get install python3-venv`."
        ) from error
    lock = ROOT / "tools" / "requirements" / "uv.txt"
    run(home / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock)
    link(home / "bin" / "uv")
    return "installed"


def install_environment(name: str) -> str:
    home = TOOLS / "envs" / name
    shutil.rmtree(home, ignore_errors=True)
    uv = BIN / "uv"
    run(uv, "venv", "--quiet", "--no-project", "--python", PYTHON, home)
    lock = ROOT / "tools" / "requirements" / f"{name}.txt"
    run(
        *(uv, "pip", "sync", "--quiet", "--no-config", "--require-hashes"),
        *("--python", home / "bin" / "python", "--compile-bytecode", lock),
        UV_HTTP_TIMEOUT="120",
    )
    for command in PYTHON_ENVIRONMENTS[name]:
        link(home / "bin" / command)
    return "installed"


def install_terraform() -> str:
    found = usable("terraform", MINIMUM_TERRAFORM, "version")
    if found:
        link(found)
        return f"using {found}"
    version = versions()["terraform"]
    try:
        download.terraform(version, system(), BIN / "terraform")
    except download.DownloadError as error:
        raise SetupError(
            f"Terraform {version} could not be downloaded ({error}).\n"
            "  Put Terraform 1.11 or newer into PATH and run `make setup` again."
        ) from error
    return f"downloaded {version}"


def install_terragrunt() -> str:
    version = versions()["terragrunt"]
    target = BIN / "terragrunt"
    go = usable("go", MINIMUM_GO, "version")
    if go:
        part = target.with_suffix(".part")
        stamp = f"-X github.com/gruntwork-io/terragrunt/internal/version.Version=v{version}"
        package = "github.com/gruntwork-io/terragrunt"
        build = ("build", "-trimpath", "-ldflags", f"-s -w {stamp}", "-o", part, package)
        run(go, *build, cwd=ROOT / "tools", GOFLAGS="-mod=readonly", CGO_ENABLED="0")
        part.replace(target)
        return f"built {version} with {go}"
    try:
        download.terragrunt(version, system(), target)
    except download.DownloadError as error:
        raise SetupError(
            f"Terragrunt {version} could not be downloaded ({error}).\n"
            "  Install Go 1.26 or newer (it is then built from tools/go.mod) and run "
            "`make setup` again."
        ) from error
    return f"downloaded {version}"


def install_provider() -> str:
    try:
        return provider.install(ROOT, TOOLS, BIN / "terraform", system())
    except provider.ProviderError as error:
        raise SetupError(str(error)) from error


def usable(name: str, minimum: tuple[int, ...], *arguments: str) -> Path | None:
    """The command `name` from PATH (never our own link to it), if it is new enough."""
    path = os.pathsep.join(
        part for part in os.environ.get("PATH", "").split(os.pathsep) if Path(part) != BIN
    )
    found = shutil.which(name, path=path)
    if not found:
        return None
    try:
        installed = version_of(run(found, *arguments))
    except (SetupError, OSError):
        return None
    return Path(found) if installed >= minimum else None


def link(target: Path) -> None:
    BIN.mkdir(parents=True, exist_ok=True)
    name = BIN / target.name
    name.unlink(missing_ok=True)
    name.symlink_to(target)


def lock_of(name: str) -> str:
    return (ROOT / "tools" / "requirements" / f"{name}.txt").read_text()


def components() -> list[list[Component]]:
    """What to install, in waves: those of one wave do not need each other."""
    python = f"{PYTHON} {sys.version}"
    pins = versions()
    modules = ((ROOT / "tools" / n).read_text() for n in ("go.mod", "go.sum"))
    environments = [
        Component(
            name,
            (python, lock_of(name)),
            partial(install_environment, name),
            (TOOLS / "envs" / name / "bin" / "python", *(BIN / command for command in commands)),
        )
        for name, commands in PYTHON_ENVIRONMENTS.items()
    ]
    return [
        [
            Component("uv", (python, lock_of("uv")), install_uv, (BIN / "uv",)),
            Component("terraform", (pins["terraform"],), install_terraform, (BIN / "terraform",)),
        ],
        [
            Component(
                "terragrunt",
                (pins["terragrunt"], *modules),
                install_terragrunt,
                (BIN / "terragrunt",),
            ),
            Component(
                "provider",
                provider.inputs(ROOT),
                install_provider,
                (TOOLS / "providers" / provider.wanted(ROOT, system()), TOOLS / "terraform.rc"),
            ),
            *environments,
        ],
    ]


def ensure(component: Component) -> None:
    """Install `component` unless its stamp says that it is there."""
    try:
        there = all(output.exists() for output in component.outputs)
        if there and component.stamp.read_text() == component.digest:
            return
    except FileNotFoundError:
        pass
    component.stamp.unlink(missing_ok=True)
    started = time.monotonic()
    print(f"setup: {component.name} …", file=sys.stderr, flush=True)
    how = component.install()
    component.stamp.parent.mkdir(parents=True, exist_ok=True)
    component.stamp.write_text(component.digest)
    seconds = time.monotonic() - started
    print(f"setup: {component.name} {how} ({seconds:.0f} s)", file=sys.stderr, flush=True)


def main() -> int:
    BIN.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make demo` beside `make test`: one installs, one waits
        for wave in components():
            with ThreadPoolExecutor(len(wave)) as pool:
                results = [(c.name, pool.submit(ensure, c)) for c in wave]
            failed = [(name, r.exception()) for name, r in results if r.exception()]
            for name, error in failed:
                if not isinstance(error, SetupError | OSError):
                    raise error  # type: ignore[misc]
                print(f"setup: {name}: {error}", file=sys.stderr)
            if failed:
                return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("setup: interrupted; run `make setup` again to go on.", file=sys.stderr)
        sys.exit(130)
