"""Installs what Baton needs into `.tools/`; nothing outside the checkout but package caches.

Run by `make setup` with the machine's own Python (3.11 or newer), standard library only. Each
component has a stamp: the digest of everything it was made from. What is stamped is skipped, so
a second run is a matter of milliseconds, and a run that was killed simply goes on. What only some
tests need is installed when it is named: `tools/setup.py dynoxide opentofu`.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever Python the machine has
    sys.exit(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")

import fcntl
import shlex
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from codegen.errors import BatonError
from codegen.terraform.engine import OPENTOFU, TERRAFORM, Engine, engine_of
from tools import dynoxide, files, programs, provider
from tools.component import Component, ensure
from tools.machine import ROOT, SetupError, run, system, versions

TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
# The interpreter itself: `python3` may be that of a virtual environment that is made anew here.
PYTHON = Path(sys.executable).resolve()
EXTRAS = (dynoxide.NAME, "opentofu")  # installed only when they are named
PYTHON_ENVIRONMENTS: dict[str, set[str]] = {  # environment: its commands, linked into .tools/bin
    "baton": set(),
    "sam": {"sam"},
    "aws": {"aws"},
    "checkov": {"checkov"},
    "ministack": set(),
}
LAUNCHERS = {"aws": ROOT / "tools" / "aws_cli.py"}  # commands that are not linked as they are


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


def install_provider(engine: Engine) -> str:
    try:
        return provider.install(ROOT, TOOLS, engine, system())
    except provider.ProviderError as error:
        raise SetupError(str(error)) from error


def link(target: Path) -> None:
    files.link(BIN / target.name, target)


def launch(command: str, python: Path, script: Path) -> None:
    """A command that runs a script of ours; what lies beside the script is not imported (`-P`)."""
    text = f'#!/bin/sh\nexec {shlex.join([str(python), "-P", str(script)])} "$@"\n'
    files.write_program(BIN / command, text.encode())


def lock_of(name: str) -> str:
    return (ROOT / "tools" / "requirements" / f"{name}.txt").read_text()


def go_module(folder: Path) -> list[str]:
    return [(folder / name).read_text() for name in ("go.mod", "go.sum")]


def environments() -> list[Component]:
    """The Python environments."""
    python = f"{PYTHON} {sys.version}"
    return [
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


def engines(extras: Collection[str]) -> list[Engine]:
    """The engine that terragrunt.hcl chooses, and OpenTofu where it is named."""
    chosen = engine_of(ROOT)
    return [chosen, OPENTOFU] if chosen != OPENTOFU and "opentofu" in extras else [chosen]


def engine_program(engine: Engine) -> Component:
    made_from = {
        TERRAFORM: [versions()["terraform"]],
        OPENTOFU: [versions()["opentofu"], *go_module(ROOT / "tools" / "opentofu")],
    }
    return Component(
        engine.command,
        tuple(made_from[engine]),
        partial(programs.install_engine, engine, BIN),
        (BIN / engine.command,),
    )


def engine_provider(engine: Engine) -> Component:
    package = TOOLS / "providers" / provider.wanted(ROOT, engine, system())
    return Component(
        f"provider-{engine.command}",
        provider.inputs(ROOT, engine),
        partial(install_provider, engine),
        (package, TOOLS / "terraform.rc"),
    )


def components(extras: Collection[str] = ()) -> list[list[Component]]:
    """What to install, in waves: those of one wave do not need each other."""
    pins = versions()
    uv = Component("uv", (f"{PYTHON} {sys.version}", lock_of("uv")), install_uv, (BIN / "uv",))
    tools = [
        Component(
            "terragrunt",
            (pins["terragrunt"], *go_module(ROOT / "tools")),
            partial(programs.install_terragrunt, BIN),
            (BIN / "terragrunt",),
        ),
        Component(
            "actionlint",
            (pins["actionlint"], *go_module(ROOT / "tools" / "actionlint")),
            partial(programs.install_actionlint, BIN),
            (BIN / "actionlint",),
        ),
        Component(
            dynoxide.NAME,
            dynoxide.inputs(ROOT),
            partial(dynoxide.install, ROOT, TOOLS),
            (BIN / dynoxide.NAME,),
            partial(dynoxide.obstacle, BIN),
        ),
    ]
    wanted = [each for each in tools if each.name not in EXTRAS or each.name in extras]
    chosen = engines(extras)
    return [
        [uv, *map(engine_program, chosen)],
        [*wanted, *map(engine_provider, chosen), *environments()],
    ]


def main(extras: Collection[str]) -> int:
    if unknown := set(extras) - set(EXTRAS):
        print(
            f"setup: {', '.join(sorted(unknown))}: not one of {', '.join(EXTRAS)}", file=sys.stderr
        )
        return 2
    BIN.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make demo` beside `make test`: one installs, one waits
        for wave in components(extras):
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
        sys.exit(main(sys.argv[1:]))
    except BatonError as error:
        sys.exit(f"setup: {error.message}\n  {error.remedy}")
    except KeyboardInterrupt:
        print("setup: interrupted; run `make setup` again to go on.", file=sys.stderr)
        sys.exit(130)
