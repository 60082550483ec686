"""A release that does not work is taken back at once, and the record says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.errors import BatonError, Interrupted
from pipeline.locking import environment
from pipeline.promotion import promote as steps
from pipeline.promotion.rollback_target import last_good
from pipeline.promotion.steps.verify import VerificationError
from tests.pipeline.builders import record
from tests.promotion.stage import Stage

PARAMETERS = "codegen/templates/parameters.yaml.j2"
NEW_OUTPUTS = {"resource_changes": [], "output_changes": {"x": {"actions": ["update"]}}}


@pytest.mark.proves("P4")
def test_what_worked_before_runs_again_and_the_record_says_what_happened(stage: Stage) -> None:
    # Given a verified release, and one whose smoke test fails
    a = stage.build("A")
    stage.promote()
    b = stage.build("B")
    stage.cloud.broken = {"B"}

    # When that is promoted, Then it fails, and says what runs now
    with pytest.raises(VerificationError, match="the smoke test of dev failed") as raised:
        stage.promote()
    assert raised.value.exit_code == 1
    assert f"release {a[:12]} runs in dev again and is verified" in raised.value.message
    assert "./baton promote dev" in raised.value.remedy

    # And the one of before was deployed, and the record is that of the failed one
    assert stage.cloud.deployed == ["A", "B", "A"]
    newest = stage.records()[-1]
    assert (newest.number, newest.release, newest.verified) == (2, b, False)
    assert newest.fell_back_to == a
    assert newest.failure.startswith("verify: the smoke test of dev failed")
    names = [(step.name, step.outcome) for step in newest.steps[-2:]]
    assert names == [("verify", "failed"), ("fall back", "done")]


def test_an_alias_that_has_not_moved_is_taken_back_too(stage: Stage) -> None:
    # Given a deployment after which the old code is behind the alias
    a = stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.stuck = True

    # When it is promoted, Then the comparison fails, and what was there is put back
    with pytest.raises(VerificationError, match="dev does not run the release"):
        stage.promote()
    assert stage.records()[-1].fell_back_to == a


def test_it_is_put_back_at_once_by_its_own_templates_on_the_outputs_of_now(stage: Stage) -> None:
    # Given a release with a canary, then one that applies another name, and does not work
    stage.build("A")
    stage.promote()
    assert stage.cloud.parameters["CanaryEnabled"] == "true"
    stage.build("B", {PARAMETERS: ("environment.functions.scheduled_memory_mb", "1024")})
    stage.cloud.broken = {"B"}
    stage.plans["application"] = NEW_OUTPUTS
    stage.outputs["application"]["event_bus_name"] = "desk-dev-bus"

    # When it is promoted and fails
    with pytest.raises(VerificationError):
        stage.promote(force_plan=True)

    # Then the old release runs with the new name, what its own template says, and no canary
    assert stage.applied == [["application"]]
    assert stage.cloud.running() == "A"
    now = stage.cloud.parameters
    assert (now["EventBusName"], now["ScheduledMemory"]) == ("desk-dev-bus", "512")
    assert now["CanaryEnabled"] == "false"


def test_a_first_release_that_fails_has_nothing_to_fall_back_to(stage: Stage) -> None:
    a = stage.build("A")
    stage.cloud.broken = {"A"}

    with pytest.raises(VerificationError) as raised:
        stage.promote()

    assert (
        f"release {a[:12]} stays deployed: no other release was verified in dev"
        in raised.value.message
    )
    newest = stage.records()[-1]
    assert newest.fell_back_to is None
    assert (newest.steps[-1].name, newest.steps[-1].outcome) == ("fall back", "skipped")


def test_a_release_that_was_verified_before_is_not_exchanged_for_an_older_one(
    stage: Stage,
) -> None:
    # Given that the release that runs was verified, and is promoted again
    stage.build("A")
    stage.promote()
    stage.build("B")
    stage.promote()
    stage.cloud.broken = {"B"}

    # When it fails now, Then it stays: what has changed is not the release
    with pytest.raises(VerificationError, match="stays deployed"):
        stage.promote()
    assert stage.cloud.running() == "B"


def test_where_falling_back_fails_too_both_reasons_are_told_and_recorded(stage: Stage) -> None:
    a = stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.broken = {"A", "B"}

    with pytest.raises(VerificationError) as raised:
        stage.promote()

    message = raised.value.message
    assert message.count("the smoke test of dev failed") == 2
    assert f"and the roll back to release {a[:12]} failed" in message
    assert f"./baton rollback dev {a[:12]}" in raised.value.remedy
    newest = stage.records()[-1]
    assert newest.fell_back_to is None
    assert newest.failure.startswith("verify: ")
    assert "\nfall back: the smoke test of dev failed" in newest.failure


def test_what_cannot_live_on_the_outputs_of_now_is_not_deployed(stage: Stage) -> None:
    # Given that the failing release has taken away an output that the one of before reads
    stage.build("A")
    stage.promote()
    stage.build("B", {PARAMETERS: ("{{ outputs.application.event_bus_name | yaml }}", '"bus"')})
    stage.cloud.broken = {"B"}
    stage.plans["application"] = NEW_OUTPUTS
    del stage.outputs["application"]["event_bus_name"]

    # When it is promoted and fails, Then nothing was deployed over it, and the reason is there
    with pytest.raises(VerificationError, match="failed: the hand-off contract"):
        stage.promote(force_plan=True)
    assert stage.cloud.deployed == ["A", "B"]
    assert "event_bus_name" in stage.records()[-1].failure


def test_a_deployment_that_failed_was_put_back_by_cloudformation(stage: Stage) -> None:
    stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.undeployable = {"B"}

    with pytest.raises(BatonError, match="CloudFormation has rolled back to the previous release"):
        stage.promote()

    newest = stage.records()[-1]
    assert newest.failure.startswith("deploy: the deployment failed")
    assert newest.fell_back_to is None
    assert stage.cloud.deployed == ["A"]


@pytest.mark.parametrize(
    "error", [Interrupted("interrupted while sam was at work"), KeyboardInterrupt()]
)
def test_ctrl_c_while_falling_back_ends_in_order_and_the_same_command_goes_on(
    stage: Stage, error: BaseException
) -> None:
    # Given that somebody interrupts while the release of before is put back
    a = stage.build("A")
    stage.promote()
    b = stage.build("B")
    stage.cloud.broken = {"B"}

    def interrupt(name: str) -> None:
        if name == "A":
            raise error

    stage.cloud.before = interrupt

    # When it is promoted, Then the run ends as interrupted, and the failure is recorded
    with pytest.raises(Interrupted):
        stage.promote()
    newest = stage.records()[-1]
    assert (newest.release, newest.verified, newest.fell_back_to) == (b, False, None)
    assert newest.steps[-1].name == "fall back"

    # And run again, it does what was left
    stage.cloud.before = lambda name: None
    with pytest.raises(VerificationError, match="rolled back"):
        stage.promote()
    assert stage.records()[-1].fell_back_to == a
    assert stage.cloud.running() == "A"


def test_after_a_kill_between_failure_and_fall_back_any_release_can_be_promoted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a run that was killed when verify had failed: neither fallen back nor recorded
    a = stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.broken = {"B"}
    run = stage.run()
    for step in steps.STEPS[:-2]:
        step.do(run)
    with pytest.raises(VerificationError):
        steps.STEPS[-2].do(run)
    assert [each.release for each in stage.records()] == [a]

    # When a mended release is promoted, Then it is as after any other
    stage.build("C")
    assert stage.promote().verified

    # And had it failed, it would have fallen back to the one that was verified
    stage.build("D")
    stage.cloud.broken = {"D"}
    with pytest.raises(VerificationError, match="rolled back"):
        stage.promote()
    assert stage.cloud.running() == "C"


def test_a_release_changed_in_the_bucket_is_not_put_back(stage: Stage) -> None:
    # Given that the release of before is on this machine no more, and was changed in the bucket
    a = stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.broken = {"B"}
    folder = stage.checkout.releases / a
    manifest = json.loads((folder / "release.json").read_text())
    folder.rename(folder.with_name("gone"))
    key = next(name for name in manifest["files"] if name.startswith("artifacts/"))
    stage.store.put_unrecorded(key, b"tampered")

    # When the next one fails, Then that is told, and nothing of it is deployed
    with pytest.raises(VerificationError, match="is not what release"):
        stage.promote()
    assert stage.cloud.deployed == ["A", "B"]


def test_a_run_that_has_lost_its_lease_puts_nothing_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that somebody else takes over while the smoke test is at work
    stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.broken = {"B"}

    def lost(self: Any) -> None:
        if stage.last.failure:
            raise BatonError("the lease was lost")

    monkeypatch.setattr(environment.Alone, "check", lost)

    # When the release fails, Then it is left to whoever works on it now
    with pytest.raises(VerificationError, match="failed: the lease was lost"):
        stage.promote()
    assert stage.cloud.deployed == ["A", "B"]

    # And so are the records: its own would come after theirs
    assert [each.number for each in stage.records()] == [1]


A, B, C = "a" * 64, "b" * 64, "c" * 64
BACK_TO_A = {"kind": "rollback", "withdraws": B}


@pytest.mark.parametrize(
    ("history", "number"),
    [
        ([], None),
        ([record(1, A)], 1),
        ([record(1, A, verified=False)], None),
        ([record(1, A), record(2, B)], 2),
        ([record(1, A), record(2, B, verified=False)], 1),
        ([record(1, A), record(2, B), record(3, B, verified=False)], 1),
        ([record(1, A), record(2, A, verified=False)], None),
        ([record(1, A), record(2, B), record(3, A, **BACK_TO_A)], 3),
        ([record(1, A), record(2, B), record(3, A, **BACK_TO_A, verified=False)], None),
        ([record(1, B), record(2, A, **BACK_TO_A), record(3, B)], 3),
    ],
)
def test_the_last_good_release_is_one_that_nothing_was_said_against_since(
    history: list[Any], number: int | None
) -> None:
    found = last_good(history)

    assert (found.number if found else None) == number
