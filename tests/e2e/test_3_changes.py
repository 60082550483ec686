"""What moves the alias: a changed line, a changed output; nothing else does."""

from __future__ import annotations

import shutil

import pytest

from tests.e2e.world import World

pytestmark = pytest.mark.e2e


def _versions(world: World, environment: str = "dev") -> dict[str, str]:
    return {name: live["Version"] for name, live in world.live(environment).items()}


@pytest.mark.proves("A3", "P4")
def test_promoting_the_same_release_again_plans_nothing_and_publishes_nothing(
    world: World,
) -> None:
    before = _versions(world)

    record = world.data("promote", "dev")

    steps = {step["name"]: step["outcome"] for step in record["steps"]}
    assert steps["plan"] == "skipped"
    assert steps["apply"] == "skipped"
    assert _versions(world) == before


@pytest.mark.proves("P4")
def test_a_release_that_was_not_verified_below_is_not_eligible(world: World) -> None:
    # Given a second release, one line different, built but promoted nowhere
    with (world.root / "sam-app/functions/api/api_handler.py").open("a") as handler:
        handler.write("\n# one line more\n")
    built = world.data("build")
    assert built["new"]

    # When it is to go to staging, Then that is refused with code 5
    done = world.baton("promote", "staging", built["id"])
    assert done.returncode == 5
    assert "was promoted to dev" in done.stderr


@pytest.mark.proves("A3")
def test_a_changed_line_moves_the_alias_of_its_function_only(world: World) -> None:
    before = _versions(world)

    record = world.data("promote", "dev")

    after = _versions(world)
    assert record["verified"]
    assert after["api"] != before["api"]
    assert {**after, "api": ""} == {**before, "api": ""}


@pytest.mark.proves("A3")
def test_a_changed_terraform_output_moves_the_alias_of_the_function_that_uses_it(
    world: World,
) -> None:
    # Given a release in which a queue that only the scheduled function uses has another name
    before = _versions(world)
    world.edit("modules/application/main.tf", '-schedule-dlq"', '-schedule-dead-letters"')
    world.data("build")

    # When it is promoted
    record = world.data("promote", "dev")

    # Then Terraform was planned and applied, and the alias of that function alone has moved
    assert record["plans"]["application"] == "new outputs"
    assert record["plans"]["network"] == "no changes"
    # the role that sends to the queue was planned again, once the new name was there
    assert record["plans"]["access"] == "1 to update"
    after = _versions(world)
    assert after["scheduled"] != before["scheduled"]
    assert {**after, "scheduled": ""} == {**before, "scheduled": ""}


@pytest.mark.proves("P4")
def test_the_next_environment_gets_exactly_that_release(world: World) -> None:
    # Given a machine that has no release, as any but the one that built it
    shutil.rmtree(world.root / ".baton" / "releases")

    # When staging gets what dev has verified
    record = world.data("promote", "staging")

    # Then it came from dev's bucket, file by file, and is the same to the byte
    fetch = next(step for step in record["steps"] if step["name"] == "fetch")
    assert fetch["detail"] == "from dev: 7 files, every digest right"
    assert record["verified"]
    assert record["release"] == world.data("status")[0]["verified"]
    assert {n: v["CodeSha256"] for n, v in world.live("staging").items()} == {
        n: v["CodeSha256"] for n, v in world.live("dev").items()
    }


@pytest.mark.proves("P4")
def test_a_release_that_does_not_work_is_taken_back_by_itself_and_goes_no_further(
    world: World,
) -> None:
    # Given what works, and a release whose API function cannot be loaded
    before, works = world.data("status")[0]["verified"], world.live("dev")
    handler = world.root / "sam-app/functions/api/api_handler.py"
    working = handler.read_text()
    handler.write_text(f"{working}\nraise RuntimeError\n")
    broken = world.data("build")["id"]

    # When it is tried, Then that says what would be done, and changes nothing
    tried = {
        step["name"]: step["detail"] for step in world.data("promote", "dev", "--dry-run")["steps"]
    }
    assert "ApiRevision" in tried["render"]
    assert tried["verify"].endswith(f"if it fails, roll back to release {before[:12]}")
    assert world.live("dev") == works

    # When it is promoted, Then that fails in verify, and the record says so
    done = world.baton("promote", "dev")
    assert done.returncode == 1, done.stderr
    assert "the smoke test of dev failed" in done.stderr
    assert f"release {before[:12]} runs in dev again and is verified" in done.stderr
    dev, staging, _ = world.data("status")
    assert (dev["outcome"], dev["verified"] == broken) == ("fell back", False)

    # And it goes no further, named or not
    assert world.baton("promote", "staging", broken).returncode == 5
    assert staging["candidate"] != broken

    # And what ran before runs again, by itself
    assert world.call("dev", "GET", "/health")[0] == 200
    assert {n: v["CodeSha256"] for n, v in world.live("dev").items()} == {
        n: v["CodeSha256"] for n, v in works.items()
    }


@pytest.mark.proves("P4")
def test_a_rollback_puts_the_release_of_before_back_and_what_it_took_out_goes_no_further(
    world: World,
) -> None:
    # Given a release that works, as the smoke test sees it
    before, works = world.data("status")[0]["verified"], world.live("dev")
    handler = world.root / "sam-app/functions/api/api_handler.py"
    handler.write_text(handler.read_text().replace("raise RuntimeError", "# nothing to raise"))
    unwanted = world.data("build")["id"]
    assert world.data("promote", "dev")["verified"]

    # When somebody takes it out by hand
    record = world.data("rollback", "dev")

    # Then the code of before is behind every alias, and the API answers
    assert (record["kind"], record["verified"]) == ("rollback", True)
    assert (record["release"], record["withdraws"]) == (before, unwanted)
    assert {n: v["CodeSha256"] for n, v in world.live("dev").items()} == {
        n: v["CodeSha256"] for n, v in works.items()
    }
    assert world.call("dev", "GET", "/health")[0] == 200

    # And what was taken out does not go to staging
    done = world.baton("promote", "staging", unwanted)
    assert done.returncode == 5
    assert "taken out of dev by rollback" in done.stderr

    # And the next promotion has nothing to plan
    steps = {
        step["name"]: step["outcome"] for step in world.data("promote", "dev", before)["steps"]
    }
    assert steps["plan"] == "skipped"
