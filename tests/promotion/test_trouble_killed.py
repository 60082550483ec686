"""A run that is killed anywhere is simply run again; or says what a person must decide."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.promotion.promote import STEPS
from pipeline.release.folder import ReleaseFolder
from tests.promotion.standin.world import World, done, failed, kill_all, standing, until

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("standin")]

NAMES = [step.name for step in STEPS]
MORE = """
resource "aws_cloudwatch_event_bus" "more" {
  for_each = toset(["a"])

  name = "${var.name_prefix}-more"
}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with standing(tmp_path_factory.mktemp("killed")) as world:
        yield world


@pytest.fixture(autouse=True)
def _no_faults(world: World) -> Iterator[None]:
    yield
    world.proxy.forget()


@pytest.mark.proves("P4")
def test_killed_after_every_step_in_turn_it_is_promoted_once(world: World) -> None:
    # Given a stack whose creation has failed once, and a release
    _failed_stack(world)
    world.release("first")

    # When a run is killed after each step, one after the other; and once with a change set made,
    # and not executed yet
    for name in NAMES[:-1]:
        if name == "deploy":
            held = world.proxy.hold("cloudformation ExecuteChangeSet")
            process = world.start("promote", "dev")
            held.wait()
            kill_all(process)
            assert world.status() == "REVIEW_IN_PROGRESS"
            world.proxy.forget()
        assert world.run("promote", "dev", die_after=name).returncode == -9, name

    # Then the next run finishes: there is one record, and one deployment
    assert done(world.run("promote", "dev", "--json"))["number"] == 1
    assert world.records() == ["promotions/000001.json"]
    assert world.operations() == ["CREATE_COMPLETE"]
    assert world.says() == "first"


def _failed_stack(world: World) -> None:
    """A stack whose creation was rolled back: it takes no update, and can only be deleted."""
    nobody = f"arn:aws:lambda:us-east-1:{world.dev.account_id}:function:nobody"
    failing = {"Type": "Custom::Nobody", "Properties": {"ServiceToken": nobody}}
    world.engine.client("cloudformation").create_stack(
        StackName=world.dev.stack_name, TemplateBody=json.dumps({"Resources": {"Fails": failing}})
    )
    until(lambda: world.status() == "ROLLBACK_COMPLETE", "the stack is not rolled back")


def test_killed_after_the_record_it_has_been_promoted(world: World) -> None:
    assert world.run("promote", "dev", die_after="record").returncode == -9

    assert world.records() == ["promotions/000001.json", "promotions/000002.json"]
    assert world.operations() == ["CREATE_COMPLETE"]


def _value(world: World, value: str) -> None:
    """Give the note another value: the unit is to be changed."""
    module = world.checkout.root / "modules" / "base" / "main.tf"
    module.write_text(re.sub(r'value = "\w+"', f'value = "{value}"', module.read_text()))


def _note(world: World) -> str:
    parameters = world.engine.client("ssm")
    return str(parameters.get_parameter(Name="/desk-dev/note")["Parameter"]["Value"])


def _by_hand(world: World, command: str) -> None:
    """Run what a message says, in a shell that `baton env` has prepared."""
    variables = world.run("env", "dev").stdout
    subprocess.run(
        ["bash", "-ec", f"{variables}\n{command}"],
        cwd=world.checkout.root,
        check=True,
        capture_output=True,
    )


@pytest.mark.proves("P4")
def test_baton_killed_in_the_middle_of_an_apply_leaves_it_to_its_end(world: World) -> None:
    # Given an apply that is at work, and Baton alone killed
    _value(world, "second")
    world.release("second")
    held = world.proxy.hold("ssm PutParameter")
    process = world.start("promote", "dev")
    held.wait()
    process.kill()
    process.communicate()

    # When it is run again, Then it is told what is still at work
    said = failed(
        world.run("promote", "dev"),
        f"(process {process.pid} on",
        "killed",
        "wait: it ends by itself",
    )
    tool = re.search(r"terragrunt \(process (\d+)\)", said)
    assert tool is not None

    # And when that has ended, the next run finds it done, and goes on
    held.go.set()
    until(lambda: not Path(f"/proc/{tool[1]}").exists(), "Terragrunt goes on and on")
    until(lambda: not world.locks(), "a lock is left")
    record = done(world.run("promote", "dev", "--json"))
    assert record["plans"] == {"base": "no changes"}
    assert _note(world) == world.says() == "second"


@pytest.mark.proves("P4")
def test_all_killed_in_the_middle_of_an_apply_a_person_is_told_what_to_decide(world: World) -> None:
    # Given a new resource that AWS has made, and Terraform killed before it knew
    module = world.checkout.root / "modules" / "base" / "main.tf"
    module.write_text(module.read_text() + MORE)
    world.release("third")
    held = world.proxy.hold("events CreateEventBus", answered=True)
    process = world.start("promote", "dev")
    held.wait()
    kill_all(process)
    assert world.engine.client("events").describe_event_bus(Name="desk-dev-more")

    # When it is run again, Then the lock is told: whose, since when, and how it is taken away;
    # and what no state names
    said = failed(
        world.run("promote", "dev"),
        "the state of base is locked by ",
        ", since 20",
        "arn:aws:events:us-east-1:111111111111:event-bus/desk-dev-more carries this environment's",
    )
    unlock = re.search(r"cd live/dev/base && terragrunt force-unlock -force [0-9a-f-]{36}", said)
    assert unlock is not None
    _by_hand(world, unlock[0])

    # And when that is done, what is there already is told, with what takes it into the state
    said = failed(
        world.run("promote", "dev"),
        'aws_cloudwatch_event_bus.more["a"] is there already as desk-dev-more',
    )
    take = re.search(r"cd live/dev/base && terragrunt import .*", said)
    assert take is not None
    _by_hand(world, take[0])

    # And when that is done, the next run finishes
    done(world.run("promote", "dev", "--json"))
    assert world.says() == "third"
    assert world.locks() == []


def test_killed_in_the_middle_of_copying_it_copies_the_whole(world: World) -> None:
    # Given a release of which some objects are copied
    release = ReleaseFolder(world.checkout.releases / world.release("fourth"))
    deployed = world.operations()
    bucket = world.dev.artifact_bucket
    held = world.proxy.hold(rf"s3 PUT /{bucket}/(releases|artifacts)/", skip=2)
    process = world.start("promote", "dev")
    held.wait()
    kill_all(process)
    assert world.operations() == deployed

    # When it is run again, Then all of it is there, to stay, and deployed
    done(world.run("promote", "dev", "--json"))
    s3 = world.engine.client("s3")
    for name in release.release().names:
        there = {"Bucket": bucket, "Key": release.release().key(name)}
        assert s3.get_object(**there)["Body"].read() == (release.path / name).read_bytes()
        assert s3.get_object_tagging(**there)["TagSet"] == []
    assert world.says() == "fourth"


@pytest.mark.parametrize("executed", [True, False], ids=["after", "before"])
@pytest.mark.proves("P4")
def test_killed_when_cloudformation_has_the_change_set_it_is_deployed_once(
    world: World, executed: bool
) -> None:
    # Given a change set, and a run that is killed around its execution
    world.release(f"fifth{executed}")
    records, deployed = world.records(), world.operations()
    held = world.proxy.hold("cloudformation ExecuteChangeSet", answered=executed)
    process = world.start("promote", "dev")
    held.wait()
    kill_all(process)

    # When it is run again, Then the stack has been changed once, and one record tells of it
    done(world.run("promote", "dev", "--json"))
    assert world.operations() == [*deployed, "UPDATE_COMPLETE"]
    assert len(world.records()) == len(records) + 1
    assert world.says() == f"fifth{executed}"
