"""The AWS and the environment that the tests of promotion share."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from tests.pipeline.conftest import session  # noqa: F401  (a fixture)
from tests.promotion.stage import Stage, make_stage


@pytest.fixture
def stage(session: boto3.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:  # noqa: F811
    """An environment that was applied, with nothing deployed."""
    return make_stage(session, tmp_path, monkeypatch)
