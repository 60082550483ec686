"""A release that was verified before runs again, and what it replaces goes no further."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError, NotEligibleError, SettingsError, UsageError
from pipeline.promotion.choosing import choose
from pipeline.promotion.steps.verify import VerificationError
from tests.promotion.stage import Stage

NEW_OUTPUTS = {"resource_changes": [], "output_changes": {"x": {"actions": ["update"]}}}
SHORTER = {"live/dev/env.yaml": ("retention_days: 7", "retention_days: 3")}  # infrastructure


@pytest.fixture
def verified(stage: Stage) -> tuple[str, str]:
    """Two releases, A and B, each verified; B runs."""
    a = stage.build("A")
    stage.promote()
    b = stage.build("B")
    stage.promote()
    return a, b


def outcomes(record: Any) -> dict[str, str]:
    return {step.name: step.outcome for step in record.steps}


@pytest.mark.proves("P4")
def test_the_release_of_before_runs_again_and_the_record_says_what_it_took_out(
    stage: Stage, verified: tuple[str, str]
) -> None:
    a, b = verified

    record = stage.roll_back()

    assert stage.cloud.deployed == ["A", "B", "A"]
    assert record == stage.records()[-1]
    assert (record.number, record.kind, record.verified) == (3, "rollback", True)
    assert (record.release, record.withdraws) == (a, b)
    assert outcomes(record) == dict.fromkeys(
        ["eligible", "fetch", "gates", "render", "deploy", "verify"], "done"
    ) | {"approve": "skipped"}
    # at once: CodeDeploy begins nothing while an alarm is on
    assert record.at_once
    assert record.parameters["CanaryEnabled"] == "false"


@pytest.mark.proves("P4")
def test_what_was_taken_out_goes_no_further_until_it_is_verified_again(
    stage: Stage, verified: tuple[str, str]
) -> None:
    # Given that B was taken out
    a, b = verified
    stage.roll_back()

    # When the next environment is to get something, Then it is A, and B is refused
    assert choose(None, stage.records(), "dev")[0] == a
    with pytest.raises(NotEligibleError, match=r"taken out of dev by rollback 3"):
        choose(b, stage.records(), "dev")

    # And B can be promoted here again by whoever says so, which is told, and then goes on
    record = stage.promote(b)
    assert "rollback 3 took it out of here" in record.steps[0].detail
    assert choose(None, stage.records(), "dev")[0] == b


def test_what_was_taken_out_comes_back_only_where_it_is_named(
    stage: Stage, verified: tuple[str, str]
) -> None:
    # Given that B, built last, was taken out, and failed when it was promoted again
    _, b = verified
    stage.roll_back()
    stage.cloud.broken = {"B"}
    with pytest.raises(VerificationError):
        stage.promote(b)

    # When nobody says which release is meant, Then B is refused, and it is said how it goes in
    with pytest.raises(NotEligibleError, match=r"taken out of dev by rollback 3") as raised:
        stage.promote()
    assert raised.value.exit_code == 5
    assert f"./baton promote dev {b[:12]}" in raised.value.remedy

    # And named, and mended meanwhile, it is promoted, and needs no name from then on
    stage.cloud.broken = set()
    assert stage.promote(b[:12]).verified
    assert stage.promote().release == b


def test_a_rollback_leaves_nothing_to_plan_where_nothing_has_changed(
    stage: Stage, verified: tuple[str, str]
) -> None:
    # Given a rollback, which carries over what is applied
    before = stage.records()[-1]
    record = stage.roll_back()
    assert record.infrastructure == before.infrastructure
    assert (record.serials, record.lineages) == (before.serials, before.lineages)
    assert (record.plans, record.plan_digests) == ({}, [])

    # When the next release has the same infrastructure, Then nothing is planned for it
    stage.build("C")
    assert outcomes(stage.promote())["plan"] == "skipped"


def test_a_rollback_after_a_failure_carries_over_what_the_failed_promotion_has_applied(
    stage: Stage,
) -> None:
    # Given a release with an infrastructure of its own, applied before it failed
    a = stage.build("A")
    stage.promote()
    b = stage.build("B", SHORTER)
    stage.plans["application"] = NEW_OUTPUTS
    stage.cloud.broken = {"B"}
    with pytest.raises(VerificationError):
        stage.promote()
    failed = stage.records()[-1]

    # When it is rolled back
    record = stage.roll_back()

    # Then the record says A runs, on what was applied for B
    assert (record.release, record.withdraws) == (a, b)
    assert record.infrastructure == failed.infrastructure
    assert record.serials == failed.serials

    # And promoting A itself plans, because its infrastructure is another
    assert outcomes(stage.promote(a))["plan"] == "done"


def test_what_somebody_has_applied_by_hand_is_planned_by_the_next_promotion(
    stage: Stage, verified: tuple[str, str]
) -> None:
    # Given a state that no record tells of
    stage.touch("data")

    # When it is rolled back, Then no infrastructure is claimed, and the next promotion plans
    assert stage.roll_back().infrastructure == ""
    stage.build("C")
    assert outcomes(stage.promote())["plan"] == "done"


@pytest.mark.proves("P4")
def test_what_cannot_live_on_the_outputs_of_now_is_refused_before_anything_is_changed(
    stage: Stage, verified: tuple[str, str]
) -> None:
    # Given that an output has gone which the old release reads
    del stage.outputs["application"]["event_bus_name"]
    stage.touch("application")
    stage.calls.clear()

    # When it is rolled back to, Then a gate refuses, and names it
    with pytest.raises(GateRefusedError, match="event_bus_name") as raised:
        stage.roll_back()
    assert raised.value.exit_code == 4
    assert [call for call in stage.writes() if "/locks/" not in call] == []
    assert stage.cloud.deployed == ["A", "B"]


@pytest.mark.parametrize("step", ["deploy", "verify"])
def test_a_rollback_that_fails_is_recorded_and_nothing_else_is_put_back(
    stage: Stage, verified: tuple[str, str], step: str
) -> None:
    a, b = verified
    stage.cloud.broken = {"A"} if step == "verify" else set()
    stage.cloud.undeployable = {"A"} if step == "deploy" else set()

    with pytest.raises(BatonError):
        stage.roll_back()

    newest = stage.records()[-1]
    assert (newest.kind, newest.release, newest.withdraws) == ("rollback", a, b)
    assert newest.failure.startswith(f"{step}: ")
    assert newest.fell_back_to is None
    assert stage.cloud.deployed == ["A", "B", "A"][: 2 + (step == "verify")]
    # neither of the two goes on
    for release in (a, b):
        with pytest.raises(NotEligibleError):
            choose(release, stage.records(), "dev")

    # And the same again can be tried, by name
    stage.cloud.broken = stage.cloud.undeployable = set()
    again = stage.roll_back(a)
    assert (again.verified, again.withdraws) == (True, b)


def test_a_release_comes_from_the_environments_own_bucket_and_changed_ones_are_refused(
    stage: Stage, verified: tuple[str, str]
) -> None:
    # Given a machine that has no release, and an artifact of A that was changed
    a, _ = verified
    stage.checkout.releases.rename(stage.checkout.home / "gone")
    key = f"releases/{a}/template.yaml"
    good = stage.store.read(key) or b""
    stage.store.put_unrecorded(key, good + b"# tampered")

    # When it is rolled back, Then that is refused; when it is right again, it works
    with pytest.raises(BatonError, match="is not what release"):
        stage.roll_back()
    stage.store.put_unrecorded(key, good)
    assert stage.roll_back().release == a


def test_a_protected_environment_is_rolled_back_with_an_approval_only(stage: Stage) -> None:
    # Given an environment that its own releases protect
    protected = {"live/dev/env.yaml": ("network:", "protected: true\nnetwork:")}
    a = stage.build("A", protected)
    stage.promote(approved=True)
    b = stage.build("B", protected)
    stage.promote(approved=True)
    asked: list[str] = []

    # When nobody can be asked, or the answer is no, Then nothing is done
    with pytest.raises(UsageError, match="no terminal") as raised:
        stage.roll_back()
    assert raised.value.remedy == "./baton rollback dev --yes"
    with pytest.raises(GateRefusedError, match="not approved"):
        stage.roll_back(confirm=lambda question: bool(asked.append(question)))
    assert asked == [f"Roll dev back to release {a[:12]} instead of {b[:12]}?"]

    # And a yes is in the record
    assert stage.roll_back(confirm=lambda _: True).approved_by == "me"
    assert stage.roll_back(b, approved=True).approved_by == "me (--yes)"


def test_twice_back_is_not_back_and_forth(stage: Stage, verified: tuple[str, str]) -> None:
    # Given three releases
    a, b = verified
    c = stage.build("C")
    stage.promote()

    # When it is rolled back twice, Then first to B, then to A, and there is no third
    assert (stage.roll_back().release, stage.cloud.running()) == (b, "B")
    record = stage.roll_back()
    assert (record.release, record.withdraws, stage.cloud.running()) == (a, b, "A")
    with pytest.raises(NotEligibleError, match="no release to go back to"):
        stage.roll_back()

    # But any that was verified can be named
    assert stage.roll_back(c).release == c


def test_a_release_with_wrong_settings_is_told_by_its_file_in_the_source(stage: Stage) -> None:
    stage.build("A", {"live/dev/env.yaml": ("retention_days: 7", "retention_days: 8")})

    with pytest.raises(SettingsError, match=r"live/dev/env.yaml") as raised:
        stage.promote()

    assert str(stage.checkout.home) not in raised.value.message
    assert raised.value.remedy.startswith("correct live/dev/env.yaml")
