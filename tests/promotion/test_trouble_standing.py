"""Two runs at once, services that fail or hang, a machine that cannot write: told, and mended."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.locking.holder import Holder
from pipeline.locking.lease_object import KEY
from tests.promotion.standin.world import World, done, failed, kill_all, standing

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("standing")]

OBJECT = r"s3 PUT /desk-dev-\d+-artifacts/(releases|artifacts)/"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A dev to which a release was promoted: what is promoted next has nothing to plan."""
    with standing(tmp_path_factory.mktemp("standing")) as world:
        world.release("first")
        done(world.run("promote", "dev", "--json"))
        yield world


@pytest.fixture(autouse=True)
def _no_faults(world: World) -> Iterator[None]:
    yield
    world.proxy.forget()


def _other_machine(world: World, folder: Path) -> Path:
    """A home that knows the same release, as another machine's would."""
    other = folder / "home"
    (other / "local").mkdir(parents=True)
    (other / "releases").symlink_to(world.checkout.releases)
    return other


@pytest.mark.proves("P4")
def test_of_two_promotions_at_once_one_is_refused_and_the_other_finishes(
    world: World, tmp_path: Path
) -> None:
    # Given a promotion that is copying
    world.release("second")
    held = world.proxy.hold(OBJECT)
    first = world.start("promote", "dev", "--json")
    held.wait()

    # When another begins from the same checkout, and one from elsewhere
    here = world.run("promote", "dev")
    elsewhere = world.run("promote", "dev", home=_other_machine(world, tmp_path))

    # Then both are refused, and told whose it is
    failed(here, "another run is changing dev from this checkout", f"process {first.pid} on")
    failed(elsewhere, "another run is changing dev: `baton promote dev`", f"process {first.pid} on")
    held.go.set()
    out, said = first.communicate()
    assert first.returncode == 0, said
    assert json.loads(out)["verified"]
    assert world.says() == "second"


def test_a_run_that_is_dead_is_taken_over_from_elsewhere(world: World, tmp_path: Path) -> None:
    # Given a promotion that was killed while it held the lease
    world.release("third")
    held = world.proxy.hold(OBJECT)
    process = world.start("promote", "dev")
    held.wait()
    kill_all(process)
    s3 = world.engine.client("s3")
    left = s3.get_object(Bucket=world.dev.artifact_bucket, Key=KEY)["Body"].read()
    dead = Holder.model_validate_json(left).model_copy(update={"machine": "another"})
    s3.put_object(Bucket=world.dev.artifact_bucket, Key=KEY, Body=dead.to_bytes())

    # When it is promoted from another machine, Then that looks for a while, and goes on
    ended = world.run("promote", "dev", home=_other_machine(world, tmp_path))
    assert "looking for up to 4 s whether that is alive" in ended.stderr
    assert ended.returncode == 0, ended.stderr
    assert world.says() == "third"


@pytest.mark.proves("P4")
def test_a_run_whose_lease_was_taken_changes_nothing_more(world: World) -> None:
    # Given a promotion that hangs long before it deploys, and another that has taken over
    world.release("fourth")
    before, records = world.operations(), world.records()
    held = world.proxy.hold("sts GetCallerIdentity", skip=1)
    process = world.start("promote", "dev")
    held.wait()
    other = Holder(token="other", command="promote dev", who="eve")
    s3 = world.engine.client("s3")
    s3.put_object(Bucket=world.dev.artifact_bucket, Key=KEY, Body=other.to_bytes())

    # When it goes on, Then it stops before it changes something
    held.go.set()
    _, said = process.communicate()
    ended = subprocess.CompletedProcess((), process.returncode, "", said)
    failed(ended, "dev is not held by this run any more", "held by `baton promote dev` of eve")
    assert (world.operations(), world.records()) == (before, records)

    # And the other's lease is left as it is
    assert s3.get_object(Bucket=world.dev.artifact_bucket, Key=KEY)["Body"].read()
    s3.delete_object(Bucket=world.dev.artifact_bucket, Key=KEY)
    done(world.run("promote", "dev", "--json"))


@pytest.mark.proves("P4")
def test_calls_that_are_throttled_or_fail_are_made_again(world: World) -> None:
    world.release("fifth")
    faults = [
        ("sts GetCallerIdentity", 500, "InternalFailure", 1),
        ("s3 GET ", 503, "SlowDown", 2),
        (OBJECT, 503, "SlowDown", 2),
        ("cloudformation DescribeStack", 400, "Throttling", 2),
        ("lambda GET ", 429, "TooManyRequestsException", 1),
    ]
    for pattern, status, code, times in faults:
        world.proxy.refuse(pattern, status, code, times)

    done(world.run("promote", "dev", "--json"))

    assert world.says() == "fifth"
    assert [pattern for pattern, *_ in faults if world.proxy.waits(pattern)] == []


@pytest.mark.parametrize(
    ("pattern", "status", "code", "says"),
    [
        (OBJECT, 403, "AccessDenied", "give the profile 'desk-dev' the permission"),
        ("sts ", 403, "ExpiredToken", "aws sso login --profile desk-dev"),
        ("sts ", 403, "InvalidClientTokenId", "look at the credentials of the profile"),
        ("s3 GET ", 403, "RequestTimeTooSkewed", "this machine's clock is wrong"),
    ],
)
def test_what_no_repetition_helps_is_said_at_once_with_what_does(
    world: World, pattern: str, status: int, code: str, says: str
) -> None:
    world.release("sixth")
    world.proxy.refuse(pattern, status, code, 1000)

    failed(world.run("promote", "dev"), code, says)


@pytest.mark.parametrize(
    ("pattern", "status", "code"),
    [(OBJECT, 503, "SlowDown"), ("cloudformation ", 400, "Throttling")],
)
def test_a_service_that_goes_on_failing_is_named_and_the_next_run_finishes(
    world: World, pattern: str, status: int, code: str
) -> None:
    # Given a service that refuses every call
    world.release(f"seventh{code}")
    world.proxy.refuse(pattern, status, code, 1000)

    # When a release is promoted, Then one message says what, and what to do
    failed(world.run("promote", "dev"), code, "wait a minute, then run the same command again")

    # And when the service is well again, the next run finishes
    world.proxy.forget()
    done(world.run("promote", "dev", "--json"))
    assert world.says() == f"seventh{code}"


def test_a_service_that_hangs_ends_in_an_error_that_names_it(world: World) -> None:
    world.release("eighth")
    world.proxy.hold(OBJECT, times=1000)

    failed(world.run("promote", "dev"), "dev does not answer, so Baton could not write s3://")

    world.proxy.forget()
    done(world.run("promote", "dev", "--json"))


def test_a_disk_that_is_full_is_named_and_the_next_run_finishes(world: World) -> None:
    world.release("ninth")

    # When no file may be longer than a few bytes, as on a disk that is full
    ended = world.run("promote", "dev", file_limit=300)

    # Then that is said
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "File too large" in ended.stderr
    done(world.run("promote", "dev", "--json"))


def test_a_home_that_cannot_be_written_is_named(world: World, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")

    ended = world.run("promote", "dev", home=tmp_path / "home")

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert str(tmp_path / "home") in ended.stderr
