"""A promotion, a fall back and a rollback each run the `verify` of the release that they deploy."""

from __future__ import annotations

import pytest

from codegen.project import VERIFY
from pipeline.promotion import fallback
from pipeline.promotion.steps import verify as verification
from pipeline.promotion.steps.verify import VerificationError
from pipeline.verification.runner import run_verify
from tests.codegen.builders import write_executable
from tests.promotion.stage import Stage

SCRIPT = """#!/bin/sh
echo '{{"check": "{name} runs", "ok": {ok}}}'
"""


@pytest.fixture
def played(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage, on which the executables of the releases are run."""
    monkeypatch.setattr(verification, "run_verify", run_verify)
    return stage


def build(stage: Stage, name: str, ok: str = "true") -> str:
    """A release with a `verify` of its own."""
    write_executable(stage.checkout.root / VERIFY, SCRIPT.format(name=name, ok=ok))
    return stage.build(name)


def build_without(stage: Stage, name: str) -> str:
    """A release as an older Baton built it: without `verify`, and without the project's file."""
    (stage.checkout.root / VERIFY).unlink()
    (stage.checkout.root / "pyproject.toml").unlink()
    return stage.build(name)


def verified_by(stage: Stage) -> str:
    """What the step `verify` of the newest record says, below what it compared."""
    steps = {step.name: step.detail for step in stage.records()[-1].steps}
    first, rest = steps["verify"].split("\n", 1)
    assert first == "code, revisions and parameters are the release's"
    return rest


@pytest.mark.proves("P4")
def test_a_promotion_and_a_rollback_run_that_of_their_release(played: Stage) -> None:
    # Given two releases, each with its own
    a = build(played, "A")
    played.promote()
    assert verified_by(played).startswith("A runs (")
    build(played, "B")
    played.promote()
    assert verified_by(played).startswith("B runs (")

    # When it is rolled back, Then that of the older one runs
    assert played.roll_back().release == a
    assert verified_by(played).startswith("A runs (")


@pytest.mark.proves("P4")
def test_a_fall_back_runs_that_of_the_release_that_it_deploys(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a release whose own verify fails
    a = build(played, "A")
    played.promote()
    b = build(played, "B", ok="false")
    results = []
    step = fallback.verify
    monkeypatch.setattr(fallback, "verify", lambda run: results.append(step(run).detail))

    # When it is promoted, Then it falls back, by the verify of the one that worked
    with pytest.raises(VerificationError, match="B runs: ") as raised:
        played.promote()
    assert "the smoke test of dev failed" in raised.value.message
    newest = played.records()[-1]
    assert (newest.release, newest.fell_back_to) == (b, a)
    assert [detail.split("\n")[1].split(" (")[0] for detail in results] == ["A runs"]


def test_a_release_without_one_is_promoted_and_its_record_says_so(played: Stage) -> None:
    # Given a release of an older Baton
    release = build_without(played, "A")

    # When it is promoted, Then it is compared, and the record says what was not done
    record = played.promote()
    assert (record.release, record.verified) == (release, True)
    assert verified_by(played) == "no smoke test was run: the release has no sam-app/verify"


@pytest.mark.proves("P4")
def test_a_release_without_one_can_be_rolled_back_to(played: Stage) -> None:
    # Given a release of an older Baton, and a newer one
    old = build_without(played, "A")
    played.promote()
    build(played, "B")
    (played.checkout.root / "pyproject.toml").write_text("")
    played.promote()

    # When it is rolled back, Then the older one is compared
    assert played.roll_back().release == old
    assert verified_by(played).startswith("no smoke test was run")


def test_one_that_cannot_be_executed_is_a_failed_verification(played: Stage) -> None:
    # Given a verify whose interpreter is not there
    build(played, "A")
    played.promote()
    write_executable(played.checkout.root / VERIFY, "#!/no/such/shell\n")
    played.build("B")

    # When it is promoted, Then that is said, and the previous release is back
    with pytest.raises(
        VerificationError, match="verify cannot be executed: No such file"
    ) as raised:
        played.promote()
    assert "docs/verify.md" in raised.value.remedy
    assert played.cloud.running() == "A"
