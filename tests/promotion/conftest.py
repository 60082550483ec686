"""The AWS and the environment that the tests of promotion share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from pipeline.checkout import Checkout
from pipeline.target import Target
from tests.pipeline.conftest import session  # noqa: F401  (a fixture)
from tests.promotion.stage import Stage, make_stage
from tests.promotion.standin.delivery import Place, delivered


@pytest.fixture
def stage(session: boto3.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:  # noqa: F811
    """An environment that was applied, with nothing deployed."""
    return make_stage(session, tmp_path, monkeypatch)


@pytest.fixture
def on_stage(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command works on the stage."""
    monkeypatch.setattr(Checkout, "here", lambda: stage.checkout)
    monkeypatch.setattr(Target, "selected", lambda _: stage.run().target)
    monkeypatch.setattr(Target, "activate", lambda _: None)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An environment's delivery roles, where IAM is enforced."""
    with delivered(tmp_path_factory.mktemp("delivery")) as place:
        yield place
