"""Each module is valid, and passes its own tests; no network, no credentials, no state."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from codegen.terraform.engine import OPENTOFU, Engine
from tests.terraform_engine import ENGINE, copy_lock, need

# one group: the runs are shared, and two processes must not initialise the same folder
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("modules")]

Run = Callable[..., CompletedProcess[str]]
Both = tuple[CompletedProcess[str], CompletedProcess[str]]
Results = Callable[[Engine, str], Both]

ON_ENGINES = pytest.mark.parametrize(
    "engine",
    [
        pytest.param(ENGINE, id=ENGINE.command),
        pytest.param(OPENTOFU, id="opentofu", marks=pytest.mark.opentofu),
    ],
)


@pytest.fixture(scope="session")
def results(run: Run, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """`validate` and `test` of a module on an engine.

    All modules of an engine are begun with the first one, two at a time: each waits for a provider
    to start.
    """
    pool = ThreadPoolExecutor(2)
    begun: dict[Engine, dict[str, Future[Both]]] = {}

    def begin(engine: Engine) -> dict[str, Future[Both]]:
        copied = shutil.copytree(
            root / "modules",
            tmp_path_factory.mktemp(engine.command) / "modules",
            ignore=shutil.ignore_patterns(".terraform"),
        )
        return {
            module.name: pool.submit(_check, run, engine, module, root)
            for module in sorted(copied.iterdir())
            if module.is_dir()
        }

    def find(engine: Engine, module: str) -> Both:
        need(engine)
        if engine not in begun:
            begun[engine] = begin(engine)
        return begun[engine][module].result()

    with pool:
        yield find


def _check(run: Run, engine: Engine, module: Path, root: Path) -> Both:
    copy_lock(module, engine)
    # kept, so that init is quick
    data = {"TF_DATA_DIR": str(root / ".baton" / "cache" / engine.command / module.name)}
    command = engine.command
    init = run(
        *(command, "init", "-backend=false", "-input=false", "-lockfile=readonly"),
        cwd=module,
        **data,
    )
    if init.returncode != 0:
        return init, init
    return (
        run(command, "validate", "-no-color", cwd=module, **data),
        run(command, "test", "-no-color", cwd=module, **data),
    )


@ON_ENGINES
@pytest.mark.proves("P1")
def test_module_is_valid(results: Results, engine: Engine, module: Path) -> None:
    # When
    validated, _ = results(engine, module.name)

    # Then
    assert validated.returncode == 0, validated.stdout + validated.stderr
    assert "Warning" not in validated.stdout


@ON_ENGINES
@pytest.mark.proves("P1")
def test_module_passes_its_tests(results: Results, engine: Engine, module: Path) -> None:
    # When
    _, tested = results(engine, module.name)

    # Then
    assert tested.returncode == 0, tested.stdout + tested.stderr
    summary = re.search(r"Success! (\d+) passed, 0 failed\.", tested.stdout)
    assert summary is not None, tested.stdout
    assert int(summary[1]) > 0
