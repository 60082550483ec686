"""Whether the files that the project generates from its code are up to date.

A promotion does not ask: its release has the files, and not all of the code that they come from.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from codegen.errors import BatonError
from codegen.place import Place
from codegen.problems import ContractError, Kind, Problem
from codegen.project import Generated, load_project_file
from codegen.shown import command as quoted

SECONDS = 60
STALE, FAILED = 1, 2  # exit codes
LINES = 5  # of a generator that fails; the last ones say why


def generated_problems(root: Path) -> list[Problem]:
    """Every generated file of a checkout that is stale, and every generator that fails.

    Raises
    ------
    SettingsError
        [tool.baton] in pyproject.toml is invalid.
    """
    generators = load_project_file(root).generated
    return [problem for each in generators for problem in _problems(root, each)]


def require_fresh(root: Path) -> None:
    """Refuse a checkout whose generated files are stale.

    Raises
    ------
    ContractError
        Names each of them.
    SettingsError
        As `generated_problems`.
    """
    if problems := generated_problems(root):
        raise ContractError(problems)


def _problems(root: Path, generated: Generated) -> Iterator[Problem]:
    where, written = Place(generated.files[0], 1), quoted(*generated.command)
    remedy = f"run {written}, or make docs"
    for name in generated.files:
        if not (root / name).is_file():
            what = f"{name} is missing; {written} writes it"
            yield Problem(Kind.GENERATED_STALE, Place(name, 1), what, remedy=remedy)
            return
    code, said = _check(root, generated)
    if code == STALE:
        for line in said or ["a generated file is stale"]:
            yield Problem(Kind.GENERATED_STALE, where, line, remedy=remedy)
    elif code != 0:
        what = f"{written} --check failed: " + ("\n".join(said[-LINES:]) or f"exit code {code}")
        yield Problem(Kind.GENERATED_STALE, where, what, remedy="correct what it names")


def _check(root: Path, generated: Generated) -> tuple[int, list[str]]:
    """The exit code of the check, and the lines that it printed."""
    python = Path(sys.executable).parent
    keep = ("HOME", "LANG", "LC_ALL", "TMPDIR")
    variables = {name: os.environ[name] for name in keep if name in os.environ}
    variables["PATH"] = os.pathsep.join([str(python), os.environ.get("PATH", os.defpath)])
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    arguments = [*generated.command, "--check"]
    try:
        done = subprocess.run(
            arguments,
            cwd=root,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return FAILED, [f"it did not end in {SECONDS} s"]
    except OSError as error:
        what = f"{quoted(*arguments)} cannot be run: {error.strerror or error}"
        raise BatonError(what, "correct command in [tool.baton] of pyproject.toml") from error
    # an exception that nobody caught ends Python with 1, too, and is on stderr
    failed = done.returncode == 1 and done.stderr.strip()
    said = (done.stdout + done.stderr).decode(errors="replace").splitlines()
    return FAILED if failed else done.returncode, [line for line in said if line.strip()]
