"""One clear message, the right exit code, nothing half-written; running again finishes the job."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time

import pytest

from pipeline.target.local.ministack.keys import root_secret_key
from tests.e2e.world import World

pytestmark = pytest.mark.e2e
SAVED_AFTER_SECONDS = 3  # half a second on a quiet machine


def _refused(done: subprocess.CompletedProcess[str], code: int, *says: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("baton: ") == 1
    for words in says:
        assert words in done.stderr


def test_a_port_that_is_taken_is_named_with_a_way_round(world: World) -> None:
    # Given emulators that are stopped, and a stranger on the port of dev
    assert world.baton("local", "stop").returncode == 0
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", world.port))
        stranger.listen()

        # When they are started, Then that is refused
        _refused(world.baton("local", "start"), 1, f"port {world.port}", "BATON_LOCAL_PORT=")

    assert world.baton("local", "start").returncode == 0


def test_a_dead_emulator_is_named_and_starting_it_again_is_enough(world: World) -> None:
    # Given that dev's emulator was killed, some time after the last promotion
    before = world.data("status")
    time.sleep(SAVED_AFTER_SECONDS)
    _kill_dev(world)

    # When dev is needed, Then the message says how to start it
    _refused(world.baton("promote", "dev"), 1, "of dev does not run", "./baton local start dev")
    assert world.data("local", "status", "dev")[0]["state"] == "dead"

    # And starting it again is enough: nothing is lost
    (started,) = world.data("local", "start", "dev")
    assert started["note"] == "its process was killed; nothing is lost"
    assert world.data("status") == before
    assert world.data("promote", "dev", _built(world))["verified"]


@pytest.mark.parametrize("step", ["plan", "deploy"])
def test_a_promotion_whose_emulator_is_killed_can_be_run_again(world: World, step: str) -> None:
    # Given a promotion of a changed release, in the middle of a step
    with (world.root / "sam-app/layers/desk/python/desk/__init__.py").open("a") as code:
        code.write(f"# killed in {step}\n")
    world.commit(f"killed in {step}")
    release = _built(world)
    process = _begun(world, "promote", "dev", release, "--force-plan")
    _wait_for_log(world, process, {"plan": "terragrunt-plan", "deploy": "sam-deploy"}[step])

    # When its emulator is killed
    _kill_dev(world)
    _, said = process.communicate(timeout=150)

    # Then it ends in one clear message
    assert process.returncode == 1, said
    assert "Traceback" not in said
    assert "of dev does not run" in said

    # And as soon as the emulator runs again, so does the promotion
    assert world.baton("local", "start", "dev").returncode == 0
    assert world.baton("status").returncode == 0
    assert world.data("promote", "dev", release)["verified"]


def test_a_missing_state_is_named_with_the_command_that_makes_it(world: World) -> None:
    s3 = world.client("dev", "s3")
    bucket, key = f"desk-dev-{'1' * 12}-tfstate", "live/dev/application/terraform.tfstate"
    state = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.delete_object(Bucket=bucket, Key=key)
    rendered = (world.root / "sam-app" / "samconfig.toml").read_bytes()
    try:
        done = world.baton("render", "dev")
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=state)

    _refused(done, 1, "application", "make apply ENV=dev")
    assert (world.root / "sam-app" / "samconfig.toml").read_bytes() == rendered


def test_a_missing_output_is_named_and_nothing_is_written(world: World) -> None:
    s3 = world.client("dev", "s3")
    bucket, key = f"desk-dev-{'1' * 12}-tfstate", "live/dev/data/terraform.tfstate"
    state = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=state.replace(b'"table_name"', b'"table_nome"'))
    rendered = (world.root / "sam-app" / "parameters" / "dev.yaml").read_bytes()
    try:
        done = world.baton("render", "dev")
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=state)

    _refused(done, 1, "table_name", "parameters.yaml.j2")
    assert (world.root / "sam-app" / "parameters" / "dev.yaml").read_bytes() == rendered


def test_another_account_than_the_settings_say_is_refused(world: World) -> None:
    # Given settings that name another account than the one the profile leads to
    world.edit("live/dev/env.yaml", "111111111111", "444444444444")
    try:
        config = world.root / "elsewhere.toml"
        secret = (world.root / ".baton/local/secret").read_text()
        config.write_text(
            "[profile desk-dev]\nregion = us-east-1\n"
            f"endpoint_url = http://127.0.0.1:{world.port}\n"
            f"aws_access_key_id = {'1' * 12}\n"
            f"aws_secret_access_key = {root_secret_key(secret, '1' * 12)}\n"
        )

        # When it is promoted there, as on AWS with a profile of the user's own
        done = world.baton("promote", "dev", BATON_TARGET="aws", AWS_CONFIG_FILE=str(config))
    finally:
        world.edit("live/dev/env.yaml", "444444444444", "111111111111")

    # Then it is refused before anything is done
    _refused(done, 1, f"leads to account {'1' * 12}", f"account_id {'4' * 12}")


def test_a_tool_that_is_too_old_is_found_by_the_doctor(world: World) -> None:
    assert world.baton("doctor").returncode == 0
    old = world.root / "old" / "git"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho git version 1.8.0\n")
    old.chmod(0o755)

    done = world.baton("doctor", PATH=f"{old.parent}{os.pathsep}{os.environ['PATH']}")

    _refused(done, 1, "1 of")
    assert "2.28" in done.stdout


def test_ctrl_c_in_the_middle_ends_in_order_and_the_next_run_finishes(world: World) -> None:
    # Given a promotion that is planning
    process = _begun(world, "promote", "dev", _built(world), "--force-plan")
    _wait_for_log(world, process, "terragrunt-plan")

    # When it gets Ctrl-C
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=150)

    # Then it ends with 130, leaves no lock behind, and the next run finishes
    assert process.returncode == 130, said
    assert "Traceback" not in said
    stored = world.client("dev", "s3").list_objects_v2(Bucket=f"desk-dev-{'1' * 12}-tfstate")
    locks = [item["Key"] for item in stored["Contents"] if item["Key"].endswith(".tflock")]
    assert locks == []
    assert world.data("promote", "dev", _built(world))["verified"]


def _begun(world: World, *arguments: str) -> subprocess.Popen[str]:
    """A command that goes on, and that can be interrupted.

    As on a terminal: what a shell starts in the background is told to ignore Ctrl-C.
    """
    return subprocess.Popen(
        ["./baton", *arguments],
        cwd=world.root,
        env=world.variables,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def _wait_for_log(world: World, process: subprocess.Popen[str], tool: str) -> None:
    """Wait until a tool that a command calls has begun to say something."""
    log, started = world.root / f".baton/logs/dev/{tool}.log", time.time()
    while not (log.exists() and log.stat().st_mtime > started and log.stat().st_size):
        assert process.poll() is None
        time.sleep(0.1)


def _kill_dev(world: World) -> None:
    (dev,) = world.data("local", "status", "dev")
    os.kill(dev["pid"], signal.SIGKILL)


def _built(world: World) -> str:
    """The release of the checkout as it is; by its id it is promoted even after a rollback."""
    return world.baton("build").stdout.strip()
