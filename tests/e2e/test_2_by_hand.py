"""After `eval "$(./baton env dev)"` the field's own tools work, and know nothing of Baton."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
import yaml

from tests.e2e.world import World

pytestmark = pytest.mark.e2e


def test_terragrunt_plan_works_in_one_units_folder(world: World) -> None:
    done = world.shell("dev", "cd live/dev/access && terragrunt plan -no-color")

    assert done.returncode == 0, done.stderr
    assert "No changes." in done.stdout + done.stderr


def test_the_aws_cli_reaches_the_environment(world: World) -> None:
    done = world.shell("staging", "aws dynamodb list-tables")

    assert done.returncode == 0, done.stderr
    assert "desk-staging" in done.stdout


def test_rendered_files_are_all_that_sam_deploy_needs(world: World) -> None:
    # Given the files that `baton render` writes, for the release that runs in dev
    before = {name: live["Version"] for name, live in world.live("dev").items()}
    rendered = world.baton("render", "dev")
    assert rendered.returncode == 0, rendered.stderr

    # When somebody who only knows SAM deploys
    done = world.shell("dev", "cd sam-app && sam deploy --config-env dev")

    # Then it works, and publishes nothing, because nothing is new
    assert done.returncode == 0, done.stderr + done.stdout
    assert {name: live["Version"] for name, live in world.live("dev").items()} == before


def test_rendering_again_changes_nothing_and_says_so(world: World) -> None:
    verbs = [change["verb"] for change in world.data("render", "dev", "--diff")]

    assert verbs == ["identical", "identical"]


def test_a_difference_is_shown_with_exit_code_3_and_not_written(world: World) -> None:
    parameters = world.root / "sam-app" / "parameters" / "dev.yaml"
    rendered = parameters.read_text()
    parameters.write_text(rendered.replace("Tracing:", "Tracing: #"))
    by_hand = parameters.read_text()

    done = world.baton("render", "dev", "--diff")

    assert done.returncode == 3
    assert "update" in done.stderr
    assert parameters.read_text() == by_hand
    parameters.write_text(rendered)


def _drift(world: World, *options: str) -> list[tuple[str, str, str | None, str | None]]:
    """What `baton drift dev` finds and nobody accepts; its code says whether that is anything."""
    done = world.baton("drift", "dev", "--json", *options)
    found = [each for each in json.loads(done.stdout) if not each["accepted"]]
    assert done.returncode == (3 if found else 0), done.stderr
    return [tuple(each[key] for key in ("kind", "subject", "expected", "actual")) for each in found]


def _deploy(world: World, memory: int) -> None:
    """Deploy dev by hand, the API's memory in its parameters changed by an editor."""
    assert world.baton("render", "dev").returncode == 0
    file = world.root / "sam-app" / "parameters" / "dev.yaml"
    lines = file.read_text().splitlines(keepends=True)
    new = [f'ApiMemory: "{memory}"\n' if x.startswith("ApiMemory:") else x for x in lines]
    file.write_text("".join(new))
    done = world.shell("dev", "cd sam-app && sam deploy --config-env dev")
    assert done.returncode == 0, done.stderr + done.stdout


def test_drift_tells_edits_of_function_state_and_stack_apart(world: World) -> None:
    # Given an environment as its last promotion has left it
    functions, s3 = world.client("dev", "lambda"), world.client("dev", "s3")
    assert _drift(world, "--no-units") == []

    # When somebody edits a function in the console, Then $LATEST is told
    functions.update_function_configuration(FunctionName="desk-dev-api", MemorySize=1024)
    assert _drift(world, "--no-units") == [("$LATEST", "desk-dev-api MemorySize", "512", "1024")]
    functions.update_function_configuration(FunctionName="desk-dev-api", MemorySize=512)

    # When an output moves, Then the state is told
    account = world.settings("dev")["account_id"]
    where = {
        "Bucket": f"desk-dev-{account}-tfstate",
        "Key": "live/dev/application/terraform.tfstate",
    }
    before = s3.get_object(**where)["Body"].read()
    state: dict[str, Any] = json.loads(before)
    state["serial"] += 1
    state["outputs"]["schedule_dlq_name"]["value"] = "desk-dev-elsewhere"
    s3.put_object(**where, Body=json.dumps(state).encode())
    assert _drift(world, "--no-units") == [
        ("state", "parameter ScheduleDlqName", "desk-dev-schedule-dlq", "desk-dev-elsewhere")
    ]
    s3.put_object(**where, Body=before)

    # When somebody deploys other parameters, Then the stack is told, once, and not $LATEST too
    _deploy(world, memory=640)
    assert _drift(world, "--no-units") == [("stack", "parameter ApiMemory", "512", "640")]

    # And when all is put back, there is none
    _deploy(world, memory=512)
    assert _drift(world, "--no-units") == []


def test_drift_of_a_unit_is_told_can_be_accepted_for_a_while_and_is_mended(world: World) -> None:
    # Given a log group whose retention somebody has changed in the console
    world.client("dev", "logs").put_retention_policy(
        logGroupName="/aws/apigateway/desk-dev-access", retentionInDays=3
    )
    subject = "application: aws_cloudwatch_log_group.access.retention_in_days"

    # When drift is looked for, Then the attribute is told with both sides, and nothing else is
    assert _drift(world) == [("resource", subject, "7", "3")]

    # When it is accepted until tomorrow, Then it is no drift; from today on, it is again
    accepted = world.root / "policies" / "accepted-drift.yaml"
    kept = accepted.read_text()
    today = datetime.datetime.now(datetime.UTC).date()
    for until, found in ((today + datetime.timedelta(2), 0), (today, 1)):
        entry = {
            "environment": "dev",
            "subject": subject.replace("access", "*"),
            "owner": "platform",
            "reason": "somebody looks into what the logs cost",
            "until": until,
        }
        accepted.write_text(yaml.safe_dump([entry]))
        assert len(_drift(world)) == found
    accepted.write_text(kept)

    # And the promotion of the same release, planned all the same, puts it back
    assert world.data("promote", "dev", "--force-plan")["plans"]["application"] == "1 to update"
    assert _drift(world) == []


def test_emulators_keep_everything_over_a_stop(world: World) -> None:
    before = world.data("status")

    assert world.baton("local", "stop").returncode == 0
    assert world.baton("local", "start").returncode == 0

    assert world.data("status") == before
    assert world.call("dev", "GET", "/health")[0] == 200


def test_nothing_that_is_deployed_knows_of_the_emulator(world: World) -> None:
    names = r"ministack|localstack|127\.0\.0\.1|localhost|endpoint_url|path_style"
    words = f"{names}|skip_(cred|req|meta)"
    places = ("live", "units", "modules", "terragrunt.hcl", "sam-app")

    done = world.run("git", "grep", "-iE", words, "--", *places)

    assert (done.returncode, done.stdout) == (1, "")  # 1: git grep found nothing
