"""`terraform validate` (or `tofu validate`) of one module, in a copy."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import BatonError
from codegen.terraform.engine import Engine
from pipeline.adapters import process

_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"]*)"', re.MULTILINE)
LOCK = ".terraform.lock.hcl"


@dataclass(frozen=True)
class Diagnostic:
    """What is wrong, where: the file as seen from the folder that has all modules."""

    file: str
    line: int
    what: str


def validate(
    modules: Path, name: str, engine: Engine, env: Mapping[str, str], log: Path
) -> list[Diagnostic]:
    """The errors of a module.

    Parameters
    ----------
    modules:
        A copy of the folder that has all modules: `init` writes into the module's folder.
    env:
        The whole environment of the child process; leads to the provider that set-up installed.
    log:
        Takes what the engine prints; a second one beside it what `init` printed.

    Raises
    ------
    BatonError
        The engine or its provider is not installed.
    """
    folder = modules / name
    own = {**env, "TF_IN_AUTOMATION": "1", "TF_DATA_DIR": str(folder / ".terraform")}
    readonly = ("-lockfile=readonly",) if (folder / LOCK).exists() else ()
    init = (engine.command, "init", "-backend=false", "-input=false", "-no-color", *readonly)
    begun = log.with_suffix(".init.log")
    failed = process.run(init, cwd=folder, env=own, log=begun, check=False)
    command = (engine.command, "validate", "-json")
    process.run(command, cwd=folder, env=own, log=log, check=False, errors=process.NOWHERE)
    found = list(_diagnostics(log, name))
    if failed and not found:  # it is not the module: no provider, or another version of it
        raise BatonError(
            f"modules/{name}: {engine.command} init failed:\n{process.tail(begun)}",
            f"make setup; its whole output: {begun}",
        )
    return found


def _diagnostics(log: Path, name: str) -> Iterator[Diagnostic]:
    try:
        document = json.loads(log.read_text("utf-8", "replace"))
    except json.JSONDecodeError as error:
        raise BatonError(
            f"modules/{name}: validate gave no result", f"run it by hand; {log} has what it said"
        ) from error
    for each in document["diagnostics"]:
        place = each.get("range")
        if each["severity"] == "error" and place:
            file = os.path.normpath(f"{name}/{place['filename']}")
            what = " ".join(f"{each['summary']}. {each.get('detail', '')}".split())
            yield Diagnostic(file, place["start"]["line"], what)


def copy_modules(modules: Path, folder: Path, lock: Path) -> None:
    """Copy all modules, and give each the units' dependency lock, as terragrunt.hcl does."""
    shutil.copytree(modules, folder, ignore=shutil.ignore_patterns(".terraform", ".terragrunt*"))
    if lock.exists():
        for name in module_names(folder):
            shutil.copy(lock, folder / name / LOCK)


def module_names(modules: Path) -> list[str]:
    """The folders that hold a module."""
    return sorted({file.parent.name for file in modules.glob("*/*.tf")})


def files_of(modules: Path, name: str) -> list[Path]:
    """All files of a module and of the modules that it calls."""
    found: set[Path] = set()
    waiting = [(modules / name).resolve()]
    while waiting:
        folder = waiting.pop()
        inside = {
            path for path in folder.rglob("*") if path.is_file() and ".terraform" not in path.parts
        }
        if inside <= found:
            continue
        found |= inside
        for file in inside:
            if file.suffix == ".tf":
                text = file.read_text("utf-8", "replace")
                waiting += [(file.parent / each).resolve() for each in _SOURCE.findall(text)]
    return sorted(found)
