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
import shlex
import shutil
import tomllib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools import download, dynamodb_local, provider
from tools.component import Component, LeftOutError, ensure
from tools.machine import ROOT, SetupError, run, system, usable

TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
# The interpreter itself: `python3` may be that of a virtual environment that is made anew here.
PYTHON = Path(sys.executable).resolve()
MINIMUM_TERRAFORM = (1, 11)  # use_lockfile of the S3 backend is stable since then
MINIMUM_GO = (1, 26)  # what tools/go.mod asks for
PYTHON_ENVIRONMENTS: dict[str, set[str]] = {  # environment: its commands, linked into .tools/bin
    "baton": set(),
    "sam": {"sam"},
    "aws": {"aws"},
    "checkov": {"checkov"},
    "ministack": set(),
}
LAUNCHERS = {"aws": ROOT / "tools" / "aws_cli.py"}  # commands that are not linked as they are


def versions() -> dict[str, str]:
    """The pinned versions, from mise.toml: the one place that names them."""
    pins: dict[str, str] = tomllib.loads((ROOT / "mise.toml").read_text())["tools"]
    return pins


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
        if command in LAUNCHERS:
            launch(command, home / "bin" / "python", LAUNCHERS[command])
        else:
            link(home / "bin" / command)
    return "installed"


def install_terraform() -> str:
    found = usable("terraform", MINIMUM_TERRAFORM, "version", ours=BIN)
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
    package = "github.com/gruntwork-io/terragrunt"
    stamp = f"-X {package}/internal/version.Version=v{version}"
    return build_or_download("terragrunt", version, ROOT / "tools", package, stamp)


def install_actionlint() -> str:
    package = "github.com/rhysd/actionlint/cmd/actionlint"
    version = versions()["actionlint"]
    return build_or_download("actionlint", version, ROOT / "tools" / "actionlint", package)


def build_or_download(name: str, version: str, module: Path, package: str, stamp: str = "") -> str:
    """A tool written in Go: built from its pinned module where there is Go, downloaded elsewhere.

    Parameters
    ----------
    name:
        The tool's; `tools.download` has a function of the same name.
    version:
        As pinned, without the "v".
    module:
        The folder of the go.mod that pins it with all that it is made of.
    package:
        What is built.
    stamp:
        What the linker is told besides, so that the tool knows its version.
    """
    target = BIN / name
    go = usable("go", MINIMUM_GO, "version", ours=BIN)
    if go:
        part = target.with_suffix(".part")
        build = ("build", "-trimpath", "-ldflags", f"-s -w {stamp}", "-o", part, package)
        run(go, *build, cwd=module, GOFLAGS="-mod=readonly", CGO_ENABLED="0")
        part.replace(target)
        return f"built {version} with {go}"
    try:
        getattr(download, name)(version, system(), target)
    except download.DownloadError as error:
        raise SetupError(
            f"{name} {version} could not be downloaded ({error}).\n"
            f"  Install Go 1.26 or newer (it is then built from {module.relative_to(ROOT)}/go.mod) "
            "and run `make setup` again."
        ) from error
    return f"downloaded {version}"


def install_provider() -> str:
    try:
        return provider.install(ROOT, TOOLS, BIN / "terraform", system())
    except provider.ProviderError as error:
        raise SetupError(str(error)) from error


def install_dynamodb_local() -> str:
    try:
        return dynamodb_local.install(ROOT, TOOLS)
    except dynamodb_local.UnreachableError as error:
        raise LeftOutError(str(error)) from error
    except dynamodb_local.DynamoDBLocalError as error:
        raise SetupError(str(error)) from error


def link(target: Path) -> None:
    BIN.mkdir(parents=True, exist_ok=True)
    name = BIN / target.name
    name.unlink(missing_ok=True)
    name.symlink_to(target)


def launch(command: str, python: Path, script: Path) -> None:
    """A command that runs a script of ours; what lies beside the script is not imported (`-P`)."""
    BIN.mkdir(parents=True, exist_ok=True)
    name = BIN / command
    name.unlink(missing_ok=True)
    name.write_text(f'#!/bin/sh\nexec {shlex.join([str(python), "-P", str(script)])} "$@"\n')
    name.chmod(0o755)


def lock_of(name: str) -> str:
    return (ROOT / "tools" / "requirements" / f"{name}.txt").read_text()


def go_module(folder: Path) -> list[str]:
    return [(folder / name).read_text() for name in ("go.mod", "go.sum")]


def components() -> list[list[Component]]:
    """What to install, in waves: those of one wave do not need each other."""
    python = f"{PYTHON} {sys.version}"
    pins = versions()
    environments = [
        Component(
            name,
            (
                python,
                lock_of(name),
                *(str(LAUNCHERS[each]) for each in commands & LAUNCHERS.keys()),
            ),
            partial(install_environment, name),
            (TOOLS / "envs" / name / "bin" / "python", *(BIN / command for command in commands)),
        )
        for name, commands in PYTHON_ENVIRONMENTS.items()
    ]
    return [
        [
            Component("uv", (python, lock_of("uv")), install_uv, (BIN / "uv",)),
            Component("terraform", (pins["terraform"],), install_terraform, (BIN / "terraform",)),
            Component(
                dynamodb_local.NAME,
                dynamodb_local.inputs(ROOT),
                install_dynamodb_local,
                (TOOLS / dynamodb_local.NAME,),
                dynamodb_local.obstacle,
            ),
        ],
        [
            Component(
                "terragrunt",
                (pins["terragrunt"], *go_module(ROOT / "tools")),
                install_terragrunt,
                (BIN / "terragrunt",),
            ),
            Component(
                "actionlint",
                (pins["actionlint"], *go_module(ROOT / "tools" / "actionlint")),
                install_actionlint,
                (BIN / "actionlint",),
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


def main() -> int:
    BIN.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make demo` beside `make test`: one installs, one waits
        for wave in components():
            with ThreadPoolExecutor(len(wave)) as pool:
                results = [(c.name, pool.submit(ensure, c, TOOLS / "stamps")) for c in wave]
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
