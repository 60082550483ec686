"""What a promotion was, as its record says it."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from pipeline.promotion.steps import record as recording


@pytest.mark.parametrize("at_once", [True, False])
def test_the_record_says_whether_the_promotion_was_at_once(
    at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a run that was asked for with or without --at-once
    monkeypatch.setattr(recording, "Record", dict)
    started = datetime.datetime.now(datetime.UTC)
    options = SimpleNamespace(at_once=at_once)
    run: Any = mock.MagicMock(options=options, started_at=started, records=[])

    # When its record is made, Then that says so
    assert recording.compose(run)["at_once"] is at_once  # type: ignore[index]
