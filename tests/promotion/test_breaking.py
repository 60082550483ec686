"""Expand, then contract: a plan may not take away what the deployed application reads."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError
from pipeline.promotion.steps.verify import VerificationError
from tests.promotion.stage import Stage

PARAMETERS = "codegen/templates/parameters.yaml.j2"
READS = "{{ outputs.application.event_bus_name | yaml }}"
READS_NOT = {PARAMETERS: (READS, '"a bus"')}


def _plan(stage: Stage, change: dict[str, Any], name: str = "event_bus_name") -> None:
    """An output of application would change so."""
    before = {"before": "x", "before_sensitive": False, "after_sensitive": False}
    stage.plans["application"] = {
        "resource_changes": [],
        "output_changes": {name: before | change},
    }


REMOVED = {"actions": ["delete"], "after": None}


@pytest.mark.proves("P4")
@pytest.mark.parametrize(
    ("change", "would_be"),
    [
        (REMOVED, "would be gone"),
        ({"actions": ["update"], "after": None}, "would be null or empty"),
        ({"actions": ["update"], "after": "x", "after_sensitive": True}, "would be sensitive"),
        ({"actions": ["update"], "after": ["a", "b"]}, "EventBusName"),
    ],
    ids=["removed", "null", "sensitive", "of another type"],
)
def test_what_the_deployed_application_reads_is_not_taken_away(
    stage: Stage, change: dict[str, Any], would_be: str
) -> None:
    # Given a release that reads an output, and one that does not any more, and takes it away
    a = stage.build("A")
    stage.promote()
    stage.build("B", READS_NOT)
    _plan(stage, change)

    # When that is promoted, Then it is refused with who reads what where, and the way out
    with pytest.raises(GateRefusedError, match=f"release {a[:12]}, which is deployed,") as raised:
        stage.promote(force_plan=True)
    assert would_be in raised.value.message
    assert "parameters.yaml.j2:" in raised.value.message
    assert "of the deployed release" in raised.value.message
    assert raised.value.remedy.startswith("expand, then contract")
    assert stage.applied == []
    assert stage.cloud.deployed == ["A"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"actions": ["update"], "after": "another-bus"}, "event_bus_name"),
        ({"actions": ["update"], "after_unknown": True}, "event_bus_name"),
        (REMOVED, "nobody_reads_it"),
        ({"actions": ["create"], "after": "more"}, "something_new"),
    ],
    ids=["another value", "not known yet", "not read", "new"],
)
def test_what_it_can_live_on_is_no_break(stage: Stage, change: dict[str, Any], name: str) -> None:
    a = stage.build("A")
    stage.promote()
    stage.build("B")
    _plan(stage, change, name)

    done = stage.promote(force_plan=True)

    assert done.gates["breaking"] == (
        f"release {a[:12]}, which is deployed, can live on the outputs as planned"
    )


def test_once_nothing_deployed_reads_it_an_output_may_go(stage: Stage) -> None:
    # Given that the release before it reads the output no more
    stage.build("A")
    stage.promote()
    stage.build("B", READS_NOT)
    stage.promote()
    stage.build("C", READS_NOT)
    _plan(stage, REMOVED)

    # When the output goes, Then that is no break
    assert "can live on" in stage.promote(force_plan=True).gates["breaking"]


def test_what_was_broken_before_is_not_held_against_a_plan(stage: Stage) -> None:
    # Given a state that has lost an output, which the deployed release reads
    stage.build("A")
    stage.promote()
    del stage.outputs["application"]["event_bus_name"]
    stage.touch("application")
    stage.build("B", READS_NOT)
    _plan(stage, {"actions": ["create"], "after": "more"}, "something_new")

    # When a release is promoted that needs it no more, Then it is let through
    assert "can live on" in stage.promote(force_plan=True).gates["breaking"]


def test_the_release_that_runs_counts_and_not_the_last_that_was_verified(stage: Stage) -> None:
    # Given A, which reads the output, put back after C failed, though B was verified after it
    a = stage.build("A")
    stage.promote()
    stage.build("B", READS_NOT)
    stage.promote()
    stage.cloud.broken = {"B", "C"}
    with pytest.raises(VerificationError):
        stage.promote()
    stage.build("C", READS_NOT)
    with pytest.raises(VerificationError):
        stage.promote()
    assert stage.cloud.running() == "A"

    # When D takes the output away, Then A is what it would break
    stage.build("D", READS_NOT)
    _plan(stage, REMOVED)
    with pytest.raises(GateRefusedError, match=f"release {a[:12]}, which is deployed,"):
        stage.promote(force_plan=True)


@pytest.mark.parametrize("copied", [True, False])
def test_one_whose_deployment_failed_counts_too_if_its_files_are_there(
    stage: Stage, copied: bool
) -> None:
    # Given B, which reads the output no more, and A, whose deployment failed: as far as was seen
    stage.build("B", READS_NOT)
    stage.promote()
    a = stage.build("A")
    stage.cloud.undeployable = {"A"}
    with pytest.raises(BatonError, match="A cannot be deployed"):
        stage.promote()
    if not copied:
        shutil.rmtree(stage.checkout.releases / a)
        for key in ("template.yaml", "source.tar", "release.json"):
            _delete(stage, f"releases/{a}/{key}")

    # When the output is taken away, Then A counts, unless it has never come to the bucket
    stage.build("C", READS_NOT)
    _plan(stage, REMOVED)
    if copied:
        with pytest.raises(GateRefusedError, match=f"release {a[:12]}, which is deployed,"):
            stage.promote(force_plan=True)
    else:
        assert "can live on" in stage.promote(force_plan=True).gates["breaking"]


def _delete(stage: Stage, key: str) -> None:
    stage.session.client("s3").delete_object(Bucket=stage.store.bucket, Key=key)


def test_nothing_is_asked_where_nothing_was_verified_or_no_output_changes(stage: Stage) -> None:
    stage.build("A")
    assert stage.promote().gates["breaking"] == "nothing was verified here yet"
    stage.build("B")
    assert stage.promote().gates["breaking"] == "no output would change"
