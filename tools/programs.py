"""The programs of `.tools/bin`: the machine's own, built from a pinned Go module, or downloaded."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.terraform.engine import MINIMUM, OPENTOFU, Engine
from tools import download, files
from tools.machine import ROOT, SetupError, run, system, usable, versions


def install_engine(engine: Engine, programs: Path) -> str:
    """Use the machine's own engine if it is new enough, else install the pinned one."""
    found = usable(engine.command, MINIMUM, "version", ours=programs)
    if found:
        files.link(programs / engine.command, found)
        return f"using {found}"
    if engine == OPENTOFU:
        package = "github.com/opentofu/opentofu"
        return build_or_download(
            "opentofu",
            ROOT / "tools" / "opentofu",
            f"{package}/cmd/tofu",
            programs / engine.command,
            f"-X {package}/version.dev=no",
        )
    try:
        return download_release("terraform", programs / engine.command)
    except download.DownloadError as error:
        minimum = ".".join(map(str, MINIMUM))
        raise SetupError(
            f"{error}.\n  Put Terraform {minimum} or newer into PATH and run `make setup` again."
        ) from error


def install_terragrunt(programs: Path) -> str:
    package = "github.com/gruntwork-io/terragrunt"
    flags = f"-X {package}/internal/version.Version=v{versions()['terragrunt']}"
    return build_or_download("terragrunt", ROOT / "tools", package, programs / "terragrunt", flags)


def install_actionlint(programs: Path) -> str:
    package = "github.com/rhysd/actionlint/cmd/actionlint"
    module = ROOT / "tools" / "actionlint"
    return build_or_download("actionlint", module, package, programs / "actionlint")


def build_or_download(tool: str, module: Path, package: str, target: Path, flags: str = "") -> str:
    """A tool written in Go: built from its pinned module where there is Go, downloaded elsewhere.

    Parameters
    ----------
    tool:
        Its name in mise.toml and digests.toml.
    module:
        The folder of the go.mod that pins it with all that it is made of.
    package:
        What is built.
    flags:
        Further flags for the linker, by which the tool knows its version.
    """
    version, minimum = versions()[tool], go_version(module)
    go = usable("go", tuple(map(int, minimum.split("."))), "version", ours=target.parent)
    if go:
        part = target.with_suffix(".part")
        build = ("build", "-trimpath", "-ldflags", f"-s -w {flags}", "-o", part, package)
        run(go, *build, cwd=module, GOFLAGS="-mod=readonly", CGO_ENABLED="0")
        part.replace(target)
        return f"built {version} with {go}"
    try:
        return download_release(tool, target)
    except download.DownloadError as error:
        raise SetupError(
            f"{error}.\n  Or install Go {minimum} or newer: {tool} is then built from "
            f"{module.relative_to(ROOT)}/go.mod, by the hashes of its go.sum."
        ) from error


def go_version(module: Path) -> str:
    """The oldest Go that builds the module in a folder."""
    found = re.search(r"^go ([\d.]+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise SetupError(f"{module}/go.mod names no version of Go")
    return found[1]


def download_release(tool: str, target: Path) -> str:
    version = versions()[tool]
    download.install(tool, version, system(), target)
    return f"downloaded {version}"
