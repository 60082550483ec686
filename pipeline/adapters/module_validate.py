"""`terraform validate` (or `tofu validate`) of modules, in a copy.

Most of its time is the provider's, to start. So all modules are asked at once, as one configuration
that calls them; each by itself only where something is wrong, or where there is one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
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
    own = {**env, "TF_DATA_DIR": str(modules / name / ".terraform")}
    begun = log.with_suffix(".init.log")
    is_begun = _init(modules / name, engine, own, begun)
    _validate(modules / name, engine, own, log)
    found = list(_diagnostics(log, name))
    if not (is_begun or found):  # it is not the module: no provider, or another version of it
        raise BatonError(
            f"{engine.command} init failed:\n{process.tail(begun)}",
            f"make setup; its whole output is in {begun.parent}",
        )
    return found


def are_valid(
    modules: Path,
    required: Mapping[str, Iterable[str]],
    engine: Engine,
    env: Mapping[str, str],
    log: Path,
) -> bool:
    """Whether nothing is wrong with several modules.

    Parameters
    ----------
    modules, engine, env, log:
        As for `validate`.
    required:
        Module → the variables that whoever calls it must set.
    """
    folder = modules.parent / "all"
    folder.mkdir()
    if (lock := modules / next(iter(required)) / LOCK).exists():
        shutil.copy(lock, folder)
    names = [f"{module}_{name}" for module, variables in required.items() for name in variables]
    calls = {
        module: {"source": f"../{modules.name}/{module}"}
        | {name: f"${{var.{module}_{name}}}" for name in variables}
        for module, variables in required.items()
    }
    document = {"variable": {name: {} for name in names}, "module": calls}
    (folder / "main.tf.json").write_text(json.dumps(document))
    own = {**env, "TF_DATA_DIR": str(folder / ".terraform")}
    return _init(folder, engine, own, log.with_suffix(".init.log")) and _validate(
        folder, engine, own, log
    )


def _init(folder: Path, engine: Engine, env: Mapping[str, str], log: Path) -> bool:
    readonly = ("-lockfile=readonly",) if (folder / LOCK).exists() else ()
    command = (engine.command, "init", "-backend=false", "-input=false", "-no-color", *readonly)
    return process.run(command, cwd=folder, env=env, log=log, check=False) == 0


def _validate(folder: Path, engine: Engine, env: Mapping[str, str], log: Path) -> bool:
    command, nowhere = (engine.command, "validate", "-json"), process.NOWHERE
    code = process.run(command, cwd=folder, env=env, log=log, check=False, errors=nowhere)
    return code == 0


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
