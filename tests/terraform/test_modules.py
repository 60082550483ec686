"""Each module is valid, and passes its own tests; no network, no credentials, no state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest

# one group: the runs are shared, and two processes must not initialise the same folder
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("modules")]

Run = Callable[..., CompletedProcess[str]]
Results = dict[str, "Future[tuple[CompletedProcess[str], CompletedProcess[str]]]"]


@pytest.fixture(scope="session")
def results(run: Run, root: Path) -> Iterator[Results]:
    """`validate` and `test` of every module, two at a time: each waits for a provider to start."""

    def check(module: Path) -> tuple[CompletedProcess[str], CompletedProcess[str]]:
        # outside the module, so that nothing is left in it; kept, so that init is quick
        data = {"TF_DATA_DIR": str(root / ".baton" / "cache" / "terraform" / module.name)}
        init = run(
            *("terraform", "init", "-backend=false", "-input=false", "-lockfile=readonly"),
            cwd=module,
            **data,
        )
        if init.returncode != 0:
            return init, init
        return (
            run("terraform", "validate", "-no-color", cwd=module, **data),
            run("terraform", "test", "-no-color", cwd=module, **data),
        )

    modules = sorted(folder for folder in (root / "modules").iterdir() if folder.is_dir())
    with ThreadPoolExecutor(2) as pool:
        yield {module.name: pool.submit(check, module) for module in modules}


@pytest.mark.proves("P1")
def test_module_is_valid(results: Results, module: Path) -> None:
    # When
    validated, _ = results[module.name].result()

    # Then
    assert validated.returncode == 0, validated.stdout + validated.stderr


@pytest.mark.proves("P1")
def test_module_passes_its_tests(results: Results, module: Path) -> None:
    # When
    _, tested = results[module.name].result()

    # Then
    assert tested.returncode == 0, tested.stdout + tested.stderr
    summary = re.search(r"Success! (\d+) passed, 0 failed\.", tested.stdout)
    assert summary is not None, tested.stdout
    assert int(summary[1]) > 0
