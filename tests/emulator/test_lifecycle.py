"""Emulators are started, found again, stopped and reset, and keep what was in them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegen.errors import BatonError
from codegen.settings import Environment
from pipeline.target.local import emulators, lifecycle, process
from pipeline.target.local.home import LocalHome, Record

from .conftest import PYTHON, Engine, eventually, free_port

pytestmark = pytest.mark.engine


@pytest.fixture
def home(tmp_path: Path, environments: tuple[Environment, ...]) -> Iterator[LocalHome]:
    home = LocalHome(tmp_path, environments, base_port=free_ports(len(environments)))
    yield home
    for environment in environments:
        record = home.record(environment)
        if record and process.alive(record.pid, record.identity):
            os.kill(record.pid or 0, signal.SIGKILL)


@pytest.fixture
def dev(environments: tuple[Environment, ...]) -> Environment:
    return environments[0]


@pytest.fixture
def engine_in(dev: Environment, tmp_path: Path) -> Callable[[LocalHome], Engine]:
    return lambda home: Engine(home.endpoint(dev), dev, tmp_path, 20, home.secret_file)


def free_ports(count: int) -> int:
    """The first of some free ports in a row."""
    while True:
        first = free_port()
        try:
            with_sockets = [socket.create_server(("127.0.0.1", first + i)) for i in range(count)]
        except (OSError, OverflowError):
            continue
        for each in with_sockets:
            each.close()
        return first


def fake_python(folder: Path, code: str) -> Path:
    """A stand-in for MiniStack's interpreter, which runs this code whatever it is asked to."""
    script = folder / "program.py"
    script.write_text(code)
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n')
    program.chmod(0o755)
    return program


def test_all_are_started_at_once_each_with_its_port_and_account(
    home: LocalHome, environments: tuple[Environment, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that we see what is spawned
    spawned: list[int] = []
    spawn = process.spawn

    def seen_spawn(
        command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path, log: Path
    ) -> int:
        spawned.append(spawn(command, environ, cwd, log))
        return spawned[-1]

    monkeypatch.setattr(process, "spawn", seen_spawn)

    # When three are started by two commands at the same time
    with ThreadPoolExecutor(2) as pool:
        commands = [pool.submit(emulators.start, environments, home, PYTHON) for _ in range(2)]
    first, second = (command.result() for command in commands)

    # Then there is one of each, on ports in a row, and each is an account of its own
    assert [each.state for each in first] == ["running"] * 3
    assert [each.port for each in first] == [(home.base_port or 0) + i for i in range(3)]
    assert [each.pid for each in first] == [each.pid for each in second]
    assert sorted(spawned) == sorted(each.pid or 0 for each in first)
    for environment, status in zip(environments, first, strict=True):
        sts = Engine(status.endpoint, environment, home.root, 20, home.secret_file).client("sts")
        assert sts.get_caller_identity()["Account"] == environment.account_id


def test_a_second_start_leaves_a_healthy_one_alone(home: LocalHome, dev: Environment) -> None:
    # Given a started emulator
    before = emulators.start([dev], home, PYTHON)
    # When it is started again
    after = emulators.start([dev], home, PYTHON)
    # Then it is the same
    assert after == before == emulators.status([dev], home)


def test_a_running_one_keeps_its_port_and_says_so(home: LocalHome, dev: Environment) -> None:
    # Given a started emulator
    (before,) = emulators.start([dev], home, PYTHON)
    # When another port is asked for, Then not before its next start
    elsewhere = replace(home, base_port=(home.base_port or 0) + 50)
    (after,) = emulators.start([dev], elsewhere, PYTHON)
    assert (after.port, after.pid) == (before.port, before.pid)
    assert "counts at its next start" in after.note


def test_what_is_in_it_survives_a_stop(
    home: LocalHome, dev: Environment, engine_in: Callable[[LocalHome], Engine]
) -> None:
    # Given an object, an item and a function
    emulators.start([dev], home, PYTHON)
    engine = engine_in(home)
    engine.client("s3").create_bucket(Bucket="kept")
    engine.client("s3").put_object(Bucket="kept", Key="object", Body=b"bytes")
    engine.client("dynamodb").create_table(
        TableName="kept",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    engine.client("dynamodb").put_item(TableName="kept", Item={"id": {"S": "item"}})
    function = engine.create_function("def handler(event, context): return 'answer'\n")

    # When the emulator is stopped and started
    (stopped,) = emulators.stop([dev], home)
    (started,) = emulators.start([dev], home, PYTHON)

    # Then they are there, at the same address
    assert (stopped.state, stopped.pid, stopped.note) == ("stopped", None, "")
    assert started.state == "running"
    engine = engine_in(home)
    assert engine.client("s3").get_object(Bucket="kept", Key="object")["Body"].read() == b"bytes"
    found = engine.client("dynamodb").get_item(TableName="kept", Key={"id": {"S": "item"}})
    assert found["Item"] == {"id": {"S": "item"}}
    answer = engine.client("lambda").invoke(FunctionName=function)
    assert answer["Payload"].read() == b'"answer"'


def test_what_it_prints_of_itself_moves_with_it(
    home: LocalHome, dev: Environment, engine_in: Callable[[LocalHome], Engine]
) -> None:
    # Given a queue, which a stack prints and a function has as a variable
    emulators.start([dev], home, PYTHON)
    engine = engine_in(home)
    resources = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "queue"}}}
    outputs = {"Queue": {"Value": {"Ref": "Queue"}}}
    engine.client("cloudformation").create_stack(
        StackName="stack",
        TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs}),
    )
    engine.client("cloudformation").get_waiter("stack_create_complete").wait(StackName="stack")
    url = engine.client("sqs").get_queue_url(QueueName="queue")["QueueUrl"]
    code = "import os\ndef handler(event, context): return os.environ['QUEUE']\n"
    function = engine.create_function(code, QUEUE=url)
    engine.client("sqs").send_message(QueueUrl=url, MessageBody="kept")
    emulators.stop([dev], home)

    # When it is started on another port
    elsewhere = replace(home, base_port=free_ports(len(home.environments)))
    emulators.start([dev], elsewhere, PYTHON)

    # Then they say where it is now, and what was in the queue is there
    engine = engine_in(elsewhere)
    sqs, port = engine.client("sqs"), elsewhere.base_port
    moved = sqs.get_queue_url(QueueName="queue")["QueueUrl"]
    (stack,) = engine.client("cloudformation").describe_stacks()["Stacks"]
    answer = engine.client("lambda").invoke(FunctionName=function)["Payload"].read()
    assert moved == url.replace(f":{home.base_port}/", f":{port}/")
    assert f":{port}/" in moved
    # a stack says localhost, and queues answer by the name that they are asked by
    assert stack["Outputs"][0]["OutputValue"] == moved.replace("127.0.0.1", "localhost")
    assert json.loads(answer) == moved
    assert sqs.list_queues()["QueueUrls"] == [moved]
    (message,) = sqs.receive_message(QueueUrl=moved)["Messages"]
    assert message["Body"] == "kept"


def test_a_reset_empties_it_and_keeps_its_port(
    home: LocalHome, dev: Environment, engine_in: Callable[[LocalHome], Engine]
) -> None:
    # Given a started emulator with a bucket, and other ports chosen since
    emulators.start([dev], home, PYTHON)
    engine_in(home).client("s3").create_bucket(Bucket="gone")
    later = replace(home, base_port=None)

    # When it is reset, and started again
    (after,) = emulators.reset([dev], later)
    (started,) = emulators.start([dev], later, PYTHON)

    # Then it is empty, and answers where it did
    assert (after.state, after.port) == ("stopped", home.base_port)
    assert (started.state, started.port) == ("running", home.base_port)
    assert engine_in(later).client("s3").list_buckets()["Buckets"] == []


def test_a_taken_port_is_named_and_disturbs_nobody_else(
    home: LocalHome, environments: tuple[Environment, ...]
) -> None:
    # Given that another program listens on staging's port
    port = home.wanted_port(environments[1])
    with socket.create_server(("127.0.0.1", port)) as other:
        # When all are started
        with pytest.raises(BatonError) as caught:
            emulators.start(environments, home, PYTHON)

        # Then the error names the port and the environment, the others run, the program is there
        assert f"port {port}" in caught.value.message
        assert "staging" in caught.value.message
        states = [each.state for each in emulators.status(environments, home)]
        assert states == ["running", "stopped", "running"]
        socket.create_connection(other.getsockname()).close()


def test_the_remedy_for_a_taken_port_works(
    home: LocalHome, environments: tuple[Environment, ...], dev: Environment
) -> None:
    # Given an emulator whose recorded port is taken
    home.remember(dev, Record(port=home.wanted_port(dev)))
    with socket.create_server(("127.0.0.1", home.wanted_port(dev))):
        with pytest.raises(BatonError) as caught:
            emulators.start([dev], replace(home, base_port=None), PYTHON)

        # When it is started as the error says
        variable, _, command = caught.value.remedy.partition(" ")
        name, _, port = variable.partition("=")
        elsewhere = LocalHome.find(home.root, environments, {name: port})
        (started,) = emulators.start([dev], elsewhere, PYTHON)

    # Then it runs there
    assert (name, command) == ("BATON_LOCAL_PORT", "./baton local start")
    assert (started.state, started.port) == ("running", int(port))


def test_of_two_checkouts_that_start_at_once_on_a_port_one_is_told_that_it_is_taken(
    home: LocalHome, dev: Environment
) -> None:
    # Given a second checkout, on the same ports
    other = replace(home, root=home.root / "other")
    try:
        # When both start theirs at the same moment
        with ThreadPoolExecutor(2) as pool:
            tries = [pool.submit(emulators.start, [dev], each, PYTHON) for each in (home, other)]
        (refused,) = [done.exception() for done in tries if done.exception()]

        # Then only one has the port, and only its profile leads there
        assert "is taken by" in str(refused)
        assert [each.runs(dev) for each in (home, other)].count(True) == 1
        for each in (home, other):
            leads = f"127.0.0.1:{home.base_port}\n" in each.aws_config.read_text()
            assert leads is each.runs(dev)
    finally:
        emulators.stop([dev], other)


def test_nothing_leads_to_one_that_is_about_to_end(
    home: LocalHome, dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one that runs
    emulators.start([dev], home, PYTHON)
    seen: list[str] = []
    end = process.end

    def ends(*which: Any) -> bool:
        seen.append(home.aws_config.read_text())
        return end(*which)

    # When it is stopped, Then its profile was closed before it let go of its port
    monkeypatch.setattr(process, "end", ends)
    emulators.stop([dev], home)
    assert [f"127.0.0.1:{home.base_port}\n" in text for text in seen] == [False]


def test_a_damaged_record_stops_no_other_and_is_gone_after_a_reset(
    home: LocalHome, environments: tuple[Environment, ...], dev: Environment
) -> None:
    # Given one that runs, and a record that cannot be understood
    emulators.start([dev], home, PYTHON)
    staging = environments[1]
    home.remember(staging, Record(port=1))
    (home.folder(staging) / "emulator.json").write_text("{")

    # When all are stopped, Then the one is, and the other is named
    with pytest.raises(BatonError, match="cannot be understood"):
        emulators.stop(environments, home)
    assert not home.runs(dev)
    assert f"127.0.0.1:{home.base_port}\n" not in home.aws_config.read_text()

    # And a reset is the way out
    (status,) = emulators.reset([staging], home)
    assert (status.state, status.port) == ("stopped", (home.base_port or 0) + 1)
    assert "end it yourself" in status.note


def test_one_that_is_gone_can_be_reset_twice(home: LocalHome, dev: Environment) -> None:
    # Given an emulator whose environment is gone
    home.remember(dev, Record(port=home.port(dev)))
    left = LocalHome(home.root, home.environments[1:])
    gone = left.all()[-1]

    # When two commands forget it / Then the second finds nothing to do
    states = [emulators.reset([gone], left)[0].state for _ in range(2)]
    assert states == ["stopped", "stopped"]
    assert gone not in left.all()


def test_one_that_was_killed_is_dead_and_can_be_started(home: LocalHome, dev: Environment) -> None:
    # Given an emulator that was killed
    (before,) = emulators.start([dev], home, PYTHON)
    os.kill(before.pid or 0, signal.SIGKILL)
    dead = eventually(lambda: emulators.status([dev], home)[0], lambda seen: seen.state == "dead")
    closed = home.aws_config.read_text()

    # When it is started
    (after,) = emulators.start([dev], home, PYTHON)

    # Then it runs again, and says what that means
    assert (dead.state, dead.pid) == ("dead", None)
    assert f"127.0.0.1:{dead.port}\n" not in closed
    assert after.state == "running"
    assert after.note == "its process was killed; nothing is lost"


def test_a_process_that_got_a_recycled_id_is_neither_taken_for_ours_nor_killed(
    home: LocalHome, dev: Environment
) -> None:
    # Given a record with the id of a process that is another by now
    with subprocess.Popen(["sleep", "60"]) as other:
        assert process.identity(other.pid) is not None
        home.remember(dev, Record(port=home.wanted_port(dev), pid=other.pid, identity="before"))

        # When we look, and stop
        (seen,) = emulators.status([dev], home)
        (stopped,) = emulators.stop([dev], home)

        # Then ours is dead, and the other lives
        assert (seen.state, stopped.state) == ("dead", "stopped")
        assert other.poll() is None
        other.kill()


def test_one_that_does_not_stop_is_killed_and_that_is_said(
    home: LocalHome, dev: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an emulator that answers, and ignores SIGTERM
    code = """
import http.server, os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
port = int(os.environ["GATEWAY_PORT"])
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
    (started,) = emulators.start([dev], home, fake_python(tmp_path, code))
    monkeypatch.setattr(lifecycle, "STOP_PATIENCE_SECONDS", 0.3)

    # When it is stopped
    (stopped,) = emulators.stop([dev], home)

    # Then it is gone, and we are told what that cost
    assert started.state == "running"
    assert stopped.state == "stopped"
    assert "killed" in stopped.note
    assert process.identity(started.pid or 0) is None


@pytest.mark.parametrize(
    ("code", "what"),
    [
        pytest.param("print('no such thing')", "ended at once", id="ends"),
        pytest.param("print('no such thing', flush=True); input = __import__('time').sleep(60)",
                     "did not answer", id="hangs"),
    ],
)  # fmt: skip
def test_one_that_does_not_come_up_shows_its_log(
    home: LocalHome,
    dev: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    what: str,
) -> None:
    # Given an emulator that says something, and does not answer
    monkeypatch.setattr(lifecycle, "START_PATIENCE_SECONDS", 1.0)

    # When it is started
    with pytest.raises(BatonError, match=what) as caught:
        emulators.start([dev], home, fake_python(tmp_path, code))

    # Then the error shows what it said, and nothing is left behind
    assert "no such thing" in caught.value.message
    assert emulators.status([dev], home)[0].state == "stopped"


def test_another_generation_of_patches_starts_empty(
    home: LocalHome, dev: Environment, engine_in: Callable[[LocalHome], Engine]
) -> None:
    # Given an emulator that an earlier generation started
    emulators.start([dev], home, PYTHON)
    record = home.record(dev)
    assert record is not None
    home.remember(dev, record.model_copy(update={"engine": "1.5.33-0"}))

    # When it is started
    (after,) = emulators.start([dev], home, PYTHON)

    # Then it is another process, and says what became of the state
    assert after.state == "running"
    assert after.pid != record.pid
    assert "1.5.33-0" in after.note


def test_before_the_first_start_it_is_stopped(home: LocalHome, dev: Environment) -> None:
    (status,) = emulators.status([dev], home)
    assert (status.state, status.pid, status.port) == ("stopped", None, home.base_port)


def test_without_ministack_the_error_says_how_to_get_it(home: LocalHome, dev: Environment) -> None:
    with pytest.raises(BatonError, match="not installed") as caught:
        emulators.start([dev], home, home.root / "absent")
    assert caught.value.remedy == "make setup"
