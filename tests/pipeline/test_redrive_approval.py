"""Redriving a protected environment: who is asked, when, and what a no leaves behind. On moto."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from codegen.errors import GateRefusedError, UsageError
from pipeline.adapters.invocation import Answer
from pipeline.checkout import Checkout
from pipeline.locking import environment as locking
from pipeline.records import opening
from pipeline.redrive import runner
from pipeline.redrive.quarantine import Names, Quarantine
from pipeline.redrive.request import Request
from pipeline.redrive.runner import Redrive, work
from pipeline.runs.console import Progress
from tests.pipeline.builders import environment
from tests.pipeline.redriving import (
    BUCKET,
    PROCESSOR,
    TABLE,
    TODAY,
    Processor,
    make_quarantine,
    park,
    stream_record,
)

PROD = environment("prod", protected=True)
QUIET = Progress("", quiet=True)
Run = Callable[..., list[str]]


@pytest.fixture
def processor(session: boto3.Session) -> Processor:
    """A processor, and one parked record for it."""
    make_quarantine(session)
    park(session, stream_record())
    return Processor(session)


@pytest.fixture
def redrive(
    session: boto3.Session, processor: Processor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Replays all of prod, asking as told; the outcomes."""

    def sources(*_: Any) -> Any:
        names = Names(TABLE, BUCKET, PROCESSOR)
        return {"quarantine": Quarantine(session, PROD, names, 14, TODAY)}, processor

    for module in (runner, locking, opening):
        monkeypatch.setattr(module, "check_account", lambda *_: None)
    monkeypatch.setattr(runner, "sources_of", sources)

    def run(ask: Callable[[str], bool] | None, **options: Any) -> list[str]:
        checkout = Checkout(tmp_path, tmp_path)
        target: Any = SimpleNamespace(session=lambda _: session, checkout=checkout)
        request = Request("prod", "replay", everything=True, **options)
        results = work(Redrive(checkout, target, PROD, request, 14, ask), QUIET)
        return [result.outcome for result in results]

    return run


def test_nothing_is_done_where_nobody_can_be_asked(redrive: Run, processor: Processor) -> None:
    with pytest.raises(UsageError, match="prod is protected"):
        redrive(None)

    assert processor.batches == []


def test_nothing_is_done_after_a_no(redrive: Run, processor: Processor) -> None:
    with pytest.raises(GateRefusedError, match="nothing was done"):
        redrive(lambda _: False)

    assert processor.batches == []
    assert redrive(None, dry_run=True) == ["done"]  # it is still there, and a rehearsal asks nobody


def test_a_yes_is_asked_for_once_and_with_nothing_to_do_not_at_all(
    redrive: Run, processor: Processor
) -> None:
    asked: list[str] = []

    def yes(question: str) -> bool:
        asked.append(question)
        return True

    assert redrive(yes) == ["done"]
    assert redrive(yes) == []
    assert asked == ["Replay 1 entry of prod?"]


def test_an_approval_beforehand_needs_nobody(redrive: Run, processor: Processor) -> None:
    assert redrive(None, approved=True) == ["done"]
    assert len(processor.batches) == 1


def test_an_interruption_while_it_is_asked_changes_nothing(
    redrive: Run, processor: Processor
) -> None:
    def interrupted(_: str) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redrive(interrupted)

    assert processor.batches == []
    assert redrive(None, approved=True) == ["done"]


def test_what_the_processor_answers_is_what_counts(
    redrive: Run, processor: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Processor, "__call__", lambda *_: Answer("out of order"))

    assert redrive(None, approved=True) == ["failed"]
