from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.verification.unpacked import Release


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(tmp_path)
