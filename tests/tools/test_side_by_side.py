"""Two targets at the same time: both run to their end, and one that fails is not passed over."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "side-by-side"
MAKEFILE = """
good: ; @echo seen good
bad: ; @echo seen bad; exit 3
waits: ; @touch begun-$$$$; sleep 61.25
# each waits for the other to begin
one: ; @touch one; until test -e two; do sleep 0.05; done; echo seen one
two: ; @touch two; until test -e one; do sleep 0.05; done; echo seen two
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    return tmp_path


def _run(folder: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(TOOL), *targets], cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )


def test_they_run_at_the_same_time_and_both_are_shown(folder: Path) -> None:
    done = _run(folder, "one", "two")

    assert done.returncode == 0, done.stderr
    assert done.stdout.index("seen one") < done.stdout.index("two, which ran beside it:")
    assert "seen two" in done.stdout


def test_several_are_seen_one_after_the_other(folder: Path) -> None:
    done = _run(folder, "one good", "two")

    assert done.returncode == 0, done.stderr
    assert done.stdout.index("seen one") < done.stdout.index("seen good")

    # And none after one that failed
    done = _run(folder, "bad good", "good")
    assert done.returncode == 1
    assert done.stdout.count("seen good") == 1


@pytest.mark.parametrize("targets", [("bad", "good"), ("good", "bad"), ("bad", "bad")])
def test_one_that_fails_fails_both_and_the_other_is_run_to_its_end(
    folder: Path, targets: tuple[str, str]
) -> None:
    done = _run(folder, *targets)

    assert done.returncode == 1
    for target in targets:
        assert f"seen {target}" in done.stdout


def test_interrupted_it_leaves_nothing_behind(folder: Path) -> None:
    # Given both at work
    process = subprocess.Popen(
        [str(TOOL), "waits", "waits"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 30
    while len(list(folder.glob("begun-*"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    # When it is interrupted as a terminal does it, Then it ends, and so do both
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=30) == 130
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "sleep 61.25" not in listed.stdout
