"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import settings

# Hypothesis never judges by time: a busy machine is not a bug.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")


@pytest.fixture(autouse=True)
def _surroundings() -> Iterator[None]:
    """A command leads its own process to a target; the next test begins as the first one did."""
    with patch.dict(os.environ):
        yield
