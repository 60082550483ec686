"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from tests.at_random import load_profile

load_profile()

LONGEST_ID = 100  # characters of a parameter that a test's name shows


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Name a long text by its beginning and its length: a failure prints the name several times."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_ID:
        return f"{val[: LONGEST_ID // 2]!a}... ({len(val)} long)"
    return None


@pytest.fixture(autouse=True)
def _surroundings() -> Iterator[None]:
    """A command leads its own process to a target; the next test begins as the first one did."""
    with patch.dict(os.environ):
        yield
