"""Tests at random look at the same examples each time; in the long run at more, and at new ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEN = """
from hypothesis import given, settings, strategies as st
from tests.at_random import examples, load_profile

load_profile()
seen = []

@examples(5, long=20)
@given(st.integers())
def look(number):
    seen.append(number)

look()
print(settings.default.max_examples, len(seen), seen)
"""


def seen(profile: str, folder: Path) -> list[str]:
    """How many examples there are by default, how many a test has looked at, and which.

    In a CI, where the weekly long run is, and where hypothesis has other settings by default.
    """
    done = subprocess.run(
        [sys.executable, "-c", SEEN],
        cwd=folder,  # where hypothesis may keep what it has seen
        env=os.environ | {"HYPOTHESIS_PROFILE": profile, "PYTHONPATH": str(ROOT), "CI": "true"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split(maxsplit=2)


def test_a_suite_that_fails_fails_again(tmp_path: Path) -> None:
    # Given a test at random / When it runs twice / Then on the same examples
    first = seen("", tmp_path)
    assert first == seen("", tmp_path)
    assert first[:2] == ["100", "5"]


def test_the_long_run_looks_at_more_and_at_new_ones(tmp_path: Path) -> None:
    # Given a test at random / When it runs twice for long / Then on more examples, and on others
    first, second = seen("long", tmp_path), seen("long", tmp_path)
    assert first[:2] == second[:2] == ["10000", "20"]
    assert first[2] != second[2]
