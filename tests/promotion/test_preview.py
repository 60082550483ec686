"""`baton plan`: what a promotion would plan, seen by somebody who changes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.locking.environment import lock_file
from pipeline.locking.holder import Holder
from pipeline.locking.machine import machine_lock
from pipeline.promotion.plan_report import MOST
from pipeline.promotion.steps import eligible as eligibility
from tests.promotion.stage import DEV, Stage

pytestmark = pytest.mark.usefixtures("on_stage")

SECRET = "hunter2"
CREATE = {"address": "aws_sqs_queue.x", "change": {"actions": ["create"]}}
UPDATE = {
    "address": "aws_cognito_user_pool_client.this",
    "change": {
        "actions": ["update"],
        "before": {"name": "a", "client_secret": "old"},
        "after": {"name": "a", "client_secret": SECRET},
    },
}
DESTROY = {"address": "aws_dynamodb_table.this", "change": {"actions": ["delete"]}}


@pytest.fixture
def planned(stage: Stage, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `baton plan dev …`, which changes nothing; gives its exit code, stdout and stderr."""

    def plan(*arguments: str) -> tuple[int, str, str]:
        stage.calls.clear()
        capsys.readouterr()
        code = main(["plan", "dev", *arguments])
        assert stage.writes() == []
        assert stage.applied == []
        told = capsys.readouterr()
        return code, told.out, told.err

    return plan


@pytest.mark.proves("P2", "P4")
def test_what_it_shows_is_what_a_promotion_then_takes_as_approved(
    stage: Stage, planned: Any
) -> None:
    # Given what runs, and a release that creates and changes something
    stage.build("A")
    stage.promote()
    b = stage.build("B")
    stage.plans["application"] = {"resource_changes": [CREATE, UPDATE]}

    # When it is planned
    code, out, _ = planned("--force-plan", "--json")
    found = json.loads(out)

    # Then everything is named, the worst first, and no value
    assert code == 0
    assert (found["environment"], found["release"], found["refused"]) == ("dev", b, False)
    (unit,) = (each for each in found["units"] if each["changes"])
    assert (unit["unit"], unit["summary"]) == ("application", "1 to update, 1 to create")
    assert [each["address"] for each in unit["changes"]] == [
        "aws_cognito_user_pool_client.this",
        "aws_sqs_queue.x",
    ]
    assert unit["changes"][0]["attributes"] == ["client_secret"]
    assert SECRET not in out
    assert [each["name"] for each in found["gates"]] == [
        *("contract", "units", "breaking", "losses", "delivery", "policy")
    ]

    # And a promotion takes that digest, and no other
    assert main(["promote", "dev", "--force-plan", "--expect-plan", "0" * 64]) == 4
    assert stage.applied == []
    assert main(["promote", "dev", "--force-plan", "--expect-plan", found["digest"]]) == 0
    assert stage.applied == [["application"]]


def test_where_nothing_changed_nothing_is_planned_and_the_digest_fits_all_the_same(
    stage: Stage, planned: Any
) -> None:
    stage.build("A")
    stage.promote()
    stage.build("B")

    _, out, _ = planned("--json")
    found = json.loads(out)

    assert found["units"] == []
    assert found["nothing_to_plan"] == "infrastructure and states are those of promotion 1"
    assert "--expect-plan" not in planned()[2]
    assert main(["promote", "dev", "--expect-plan", found["digest"]]) == 0


@pytest.mark.proves("P2")
def test_a_refusal_is_shown_with_all_else_and_ends_with_4(
    stage: Stage, planned: Any, tmp_path: Path
) -> None:
    # Given a plan that takes a table away
    stage.build("A")
    stage.plans["data"] = {"resource_changes": [CREATE, DESTROY]}
    file = tmp_path / "plan.md"

    # When it is planned, Then the table comes first, and what would let it pass is said
    code, out, told = planned("--markdown", str(file))
    assert code == 4
    text = file.read_text()
    assert text.startswith("#### dev: 1 to destroy, 1 to create\n")
    assert text.index("- **destroy** `aws_dynamodb_table.this` in `data`") < text.index("| unit |")
    assert "**losses** refuses" in text
    assert "| policy | ✅ |" in text
    assert "--allow-destroy aws_dynamodb_table.this" in text
    assert "--allow-destroy aws_dynamodb_table.this" in told
    assert [line for line in told.splitlines() if line.startswith("gate ")] == [
        "gate losses refused: the plans take away what cannot be had back:"
    ]
    assert "1 to destroy, 1 to create" in out

    # And on the terminal every change has its line, the worst first
    changes = out.splitlines()[-2:]
    assert [line.split() for line in changes] == [
        ["destroy", "aws_dynamodb_table.this", "data"],
        ["create", "aws_sqs_queue.x", "data"],
    ]

    # And where that is meant, it is no refusal
    assert planned("--allow-destroy", "aws_dynamodb_table.this")[0] == 0


@pytest.mark.proves("P2")
def test_what_may_not_be_promoted_yet_can_be_planned_and_that_is_said(
    stage: Stage, planned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an environment that is promoted to from one that has verified nothing
    release = stage.build("A")
    refusal = "staging has verified no release yet"
    _below(monkeypatch, refusal)

    # When a pull request plans a release that it has built, Then the plan is made
    code, out, _ = planned(release[:12], "--markdown", "-")
    assert code == 0
    assert f"> Not to be promoted to dev yet: `{refusal}`" in out
    assert json.loads(planned(release, "--json")[1])["not_yet"] == refusal

    # And without a name there is nothing to plan
    code, _, told = planned()
    assert (code, refusal in told) == (5, True)


def _below(monkeypatch: pytest.MonkeyPatch, refusal: str) -> None:
    from codegen.errors import NotEligibleError
    from pipeline.promotion import preview

    def select(_: object) -> None:
        raise NotEligibleError(refusal)

    monkeypatch.setattr(preview, "select", select)


def test_a_release_that_is_not_here_any_more_is_read_from_the_environments_own_bucket(
    stage: Stage, planned: Any
) -> None:
    release = stage.build("A")
    stage.promote()
    shutil.rmtree(stage.checkout.releases / release)

    code, out, _ = planned(release[:12], "--json")

    assert (code, json.loads(out)["release"]) == (0, release)


@pytest.mark.parametrize(("wanted", "code"), [("abc", 2), ("f" * 12, 5)])
def test_a_release_that_is_none_is_refused(
    stage: Stage, planned: Any, wanted: str, code: int
) -> None:
    stage.build("A")

    assert planned(wanted)[0] == code


def test_it_works_beside_a_promotion_but_not_beside_itself(stage: Stage, planned: Any) -> None:
    stage.build("A")
    holder = Holder.here("promote dev", 60)

    with machine_lock(lock_file(stage.checkout, "dev"), "dev", holder):
        assert planned()[0] == 0
    with machine_lock(lock_file(stage.checkout, "dev-plan"), "dev", holder):
        assert planned()[0] == 1


def test_a_plan_of_thousands_fits_into_a_comment_and_says_what_it_leaves_out(
    stage: Stage, planned: Any
) -> None:
    stage.build("A")
    stage.plans["application"] = {
        "resource_changes": [
            {"address": f'aws_sqs_queue.x["{number}|`@here"]', "change": {"actions": ["create"]}}
            for number in range(4_000)
        ]
    }

    _, text, _ = planned("--markdown", "-")

    assert text.startswith("#### dev: 4000 to create")
    assert len(text) < MOST + 5_000
    shown = text.count("| create |")
    assert f"… and {4_000 - shown} more: `./baton plan dev " in text
    # a name cannot end its cell, or call somebody
    assert '`aws_sqs_queue.x["0\\|\'@here"]`' in text
    assert text.count("<details>") == text.count("</details>") == 1


def test_a_file_that_cannot_be_written_is_an_error_and_no_traceback(
    stage: Stage, planned: Any
) -> None:
    stage.build("A")

    code, _, told = planned("--markdown", "/nowhere/plan.md")

    assert code in (1, 2)
    assert "/nowhere/plan.md" in told
    assert "Traceback" not in told


def test_without_a_state_bucket_the_units_begin_with_empty_states_and_none_is_made(
    stage: Stage, planned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.promotion import stage as played

    # Given an environment that was never applied
    bucket = stage.session.resource("s3").Bucket(DEV.state_bucket)
    bucket.objects.delete()
    bucket.delete()
    stage.build("A")
    asked: list[str] = []
    monkeypatch.setattr(
        played.Terragrunt, "without_states", lambda _: asked.append("empty"), raising=False
    )

    # When it is planned, Then it is, and there is still no bucket
    assert planned()[0] == 0
    assert asked == ["empty"]
    assert DEV.state_bucket not in [
        each["Name"] for each in stage.session.client("s3").list_buckets()["Buckets"]
    ]


def test_where_there_is_nothing_to_promote_no_promotion_is_suggested(
    stage: Stage, planned: Any
) -> None:
    stage.build("A")
    stage.promote()

    code, _, said = planned()

    assert code == 0
    assert "nothing to promote" in said
    assert "next:" not in said


def test_a_checkout_that_was_edited_since_is_told(
    stage: Stage, planned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.build("A")
    monkeypatch.setattr(eligibility, "changed_since", lambda *_: True)

    _, _, said = planned()

    assert "the checkout has changed since it was built: ./baton build" in said
