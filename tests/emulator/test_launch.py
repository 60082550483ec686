"""The patches are started with the version that they were written for, and no other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from pipeline.target.local.engine import LAUNCH
from pipeline.target.local.ministack.pinned import MINISTACK

from .conftest import CHECKOUT, PYTHON


@pytest.mark.engine
def test_another_version_is_refused(tmp_path: Path) -> None:
    # Given that another version is what Python finds
    metadata = tmp_path / "ministack-9.9.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: ministack\nVersion: 9.9.9\n")

    # When the patched emulator is started
    done = subprocess.run(
        [PYTHON, LAUNCH],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    # Then it says which it found, which it needs, and what to do
    assert done.returncode == 1
    assert "9.9.9" in done.stderr
    assert MINISTACK in done.stderr
    assert "make setup" in done.stderr


def test_the_version_installed_is_the_one_patched() -> None:
    lines = (CHECKOUT / "tools/requirements/ministack.in").read_text()
    assert re.findall(r"^ministack\S*==(\S+)$", lines, re.MULTILINE) == [MINISTACK]
