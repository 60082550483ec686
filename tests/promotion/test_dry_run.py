"""A dry run does all that changes nothing, and says what the rest would do."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError, NotEligibleError
from codegen.problems import ContractError
from codegen.sources.state import WrongStateError
from pipeline.locking.environment import alone
from pipeline.promotion import promote as steps
from pipeline.promotion import rollback
from pipeline.promotion.running import rehearse
from tests.promotion.stage import DEV, Stage

CREATE = [{"address": "aws_sqs_queue.x", "change": {"actions": ["create"]}}] * 2
PARAMETERS = "codegen/templates/parameters.yaml.j2"
PROTECTED = {"live/dev/env.yaml": ("network:", "protected: true\nnetwork:")}


def told(stage: Stage, **options: Any) -> dict[str, str]:
    """Step → what a dry run of a promotion says of it; nothing is changed meanwhile."""
    return _told(stage, steps.STEPS, stage.run(dry_run=True, **options))


def _told(stage: Stage, listed: Any, run: Any) -> dict[str, str]:
    stage.calls.clear()
    before = stage.cloud.deployed.copy(), stage.applied.copy()
    done = rehearse(listed, run, stage.progress)
    assert stage.writes() == []
    assert (stage.cloud.deployed, stage.applied) == before
    assert done["dry_run"] is True
    return {step["name"]: step["detail"] for step in done["steps"]}


@pytest.mark.proves("P4")
def test_it_changes_nothing_in_the_environment_and_says_what_would_be_done(stage: Stage) -> None:
    # Given what runs, and a release that creates something, and has one other parameter
    a = stage.build("A")
    stage.promote()
    stage.build("B", {PARAMETERS: ("environment.functions.scheduled_memory_mb", "1024")})
    stage.plans["application"] = {"resource_changes": CREATE}

    # When it is promoted to try it, Then every step that would change something says how
    said = told(stage, force_plan=True)
    assert said["plan"].startswith("1 of 7 units change")
    assert said["approve"] == "dev is not protected"
    assert said["apply"] == "would apply application (2 to create)"
    lines = said["render"].splitlines()
    assert lines[0] == "would render 60 parameters, 3 of them other than deployed now:"
    assert lines[1] == "ApiRevision, ScheduledMemory, ScheduledRevision"
    assert (
        said["deploy"]
        == "would copy 6 objects, and deploy the stack desk-dev, which is UPDATE_COMPLETE"
    )
    assert said["verify"].endswith(f"if it fails, roll back to release {a[:12]}")
    assert said["record"] == "would record promotion 2 of dev"

    # And afterwards it is promoted as if nobody had tried
    assert stage.promote(force_plan=True).number == 2
    assert stage.applied == [["application"]]


def test_a_machine_reads_every_step_and_that_nothing_was_done(stage: Stage) -> None:
    release = stage.build("A")

    done = rehearse(steps.STEPS, stage.run(dry_run=True), stage.progress)

    assert (done["kind"], done["environment"], done["release"]) == ("promotion", "dev", release)
    outcomes = {step["name"]: step["outcome"] for step in done["steps"]}
    assert list(outcomes) == [step.name for step in steps.STEPS]
    passed_over = {"approve", "apply", "render", "deploy", "verify", "record"}
    assert {name for name, outcome in outcomes.items() if outcome == "skipped"} == passed_over


def test_the_first_of_all_says_that_nothing_is_there_yet(stage: Stage) -> None:
    # Given an environment without a bucket, and plans that will make its outputs
    stage.build("A")
    stage.session.client("s3").delete_bucket(Bucket=DEV.artifact_bucket)
    stage.outputs["application"].clear()
    stage.touch("application")
    stage.plans["application"] = {"resource_changes": CREATE}

    # When it is tried, Then no step stumbles over what is not there
    said = told(stage)
    assert said["render"] == (
        "would render the hand-off from outputs that are there once the plans are applied"
    )
    assert said["deploy"] == (
        "would copy 6 objects, and deploy the stack desk-dev, which is not there yet"
    )
    assert said["verify"] == "would compare what runs with the release, and run its sam-app/verify"
    assert said["record"] == "would record promotion 1 of dev"


def test_what_is_planned_on_mocks_would_be_planned_again(stage: Stage) -> None:
    stage.build("A")
    mocked = {"resource_changes": CREATE, "variables": {"arn": {"value": "mock0000"}}}
    stage.plans |= {"data": {"resource_changes": CREATE}, "access": mocked}

    assert told(stage)["apply"] == (
        "would apply data (2 to create); then plan again, gate and approve before they are "
        "applied: access"
    )


def test_outputs_that_no_plan_will_mend_fail_as_they_would_for_real(stage: Stage) -> None:
    stage.build("A")
    del stage.outputs["application"]["event_bus_name"]
    stage.touch("application")

    with pytest.raises(ContractError, match="event_bus_name"):
        told(stage)


def test_a_state_of_another_unit_fails_as_it_would_for_real(stage: Stage) -> None:
    stage.build("A")
    stage.plans["application"] = {"resource_changes": CREATE}
    run = stage.run(dry_run=True)
    for step in steps.STEPS[:6]:
        (step.would or step.do)(run)
    stage.copy_state("data", "access")

    with pytest.raises(WrongStateError):
        steps.STEPS[6].would(run)  # type: ignore[misc]


def test_a_gate_refuses_and_what_is_not_eligible_is_not(stage: Stage) -> None:
    # Given a plan that destroys a table
    stage.build("A")
    lost = [{"address": "aws_dynamodb_table.x", "change": {"actions": ["delete"]}}]
    stage.plans["data"] = {"resource_changes": lost}

    # When it is tried, Then it is refused as it would be, with the codes that it would have
    with pytest.raises(GateRefusedError) as refused:
        told(stage)
    with pytest.raises(NotEligibleError) as unknown:
        told(stage, release="f" * 64)
    assert (refused.value.exit_code, unknown.value.exit_code) == (4, 5)


@pytest.mark.parametrize(
    ("approved", "says"),
    [
        (False, "would ask a person to approve {}: dev is protected, its settings say"),
        (True, "would take {} as approved by me (--yes)"),
    ],
)
def test_a_dry_run_needs_no_approval_and_says_who_would_be_asked(
    stage: Stage, approved: bool, says: str
) -> None:
    # Given a protected environment, and no terminal
    release = stage.build("A", PROTECTED)

    said = told(stage, approved=approved)

    digest = stage.last.plan_digests[-1][:12]
    assert said["approve"] == says.format(f"release {release[:12]}, plan {digest}")


def test_it_does_not_disturb_a_promotion_at_work_here(stage: Stage) -> None:
    # Given that the work folder is in use
    stage.build("A")
    run = stage.run(dry_run=True)

    with (
        alone(run.target, run.environment, "promote dev"),
        pytest.raises(BatonError, match="another run is changing dev"),
    ):
        rehearse(steps.STEPS, run, stage.progress)
    assert run.steps == []


def test_a_rollback_can_be_tried_too(stage: Stage) -> None:
    # Given two verified releases
    a = stage.build("A", PROTECTED)
    stage.promote(approved=True)
    b = stage.build("B", PROTECTED)
    stage.promote(approved=True)

    # When a rollback is tried, Then it says what it would take out
    run = stage.run("rollback", dry_run=True)
    said = _told(stage, rollback.STEPS, run)
    assert said["approve"] == (
        f"would ask a person to approve release {a[:12]} instead of {b[:12]}: "
        "dev is protected, its settings say"
    )
    # the revision of the function with other code; and the canary, which a rollback goes without
    assert said["render"].endswith("ApiRevision, CanaryEnabled, DeploymentType")
    assert said["deploy"].startswith("would copy 0 objects")
    assert said["record"] == "would record rollback 3 of dev"
