"""An emulator that is killed goes on from one moment, not long ago, with all that it had then."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from codegen.settings import Environment
from pipeline.target.local import emulators, process
from pipeline.target.local.home import LocalHome

from .conftest import PYTHON, Engine, eventually, free_port

pytestmark = pytest.mark.engine
SAVED_AFTER_SECONDS = 3  # half a second on a quiet machine
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})


@dataclass(frozen=True)
class Killed:
    """An emulator that can be killed, and started again."""

    home: LocalHome
    dev: Environment
    folder: Path

    @cached_property
    def engine(self) -> Engine:
        return Engine(
            self.home.endpoint(self.dev), self.dev, self.folder, 20, self.home.secret_file
        )

    def start(self) -> str:
        """Start it; what is said about that."""
        (status,) = emulators.start([self.dev], self.home, PYTHON)
        assert status.state == "running"
        return status.note

    def kill(self) -> None:
        record = self.home.record(self.dev)
        assert record is not None
        assert record.pid is not None
        os.kill(record.pid, signal.SIGKILL)
        eventually(lambda: self.home.runs(self.dev), lambda runs: not runs)

    def saved(self) -> bool:
        """Whether it says that nothing would be lost, soon."""
        (state,) = self.home.folder(self.dev).glob("state-*")
        return not eventually(
            lambda: (state / "unsaved").exists(), lambda unsaved: not unsaved, SAVED_AFTER_SECONDS
        )


@pytest.fixture
def killed(tmp_path: Path, environments: tuple[Environment, ...]) -> Iterator[Killed]:
    home = LocalHome(tmp_path / "home", environments[:1], base_port=free_port())
    killed = Killed(home, environments[0], tmp_path)
    killed.start()
    yield killed
    record = home.record(environments[0])
    if record and process.alive(record.pid, record.identity):
        os.kill(record.pid or 0, signal.SIGKILL)


def make_all(engine: Engine) -> str:
    """A bucket with an object, a table with an item, a stack and a function, whose name it is."""
    engine.client("s3").create_bucket(Bucket="bucket")
    engine.client("s3").put_object(Bucket="bucket", Key="key", Body=b"bytes")
    make_table(engine)
    engine.client("dynamodb").put_item(TableName="table", Item={"id": {"S": "item"}})
    stacks = engine.client("cloudformation")
    stacks.create_stack(StackName="stack", TemplateBody=TEMPLATE)
    stacks.get_waiter("stack_create_complete").wait(StackName="stack", WaiterConfig={"Delay": 1})
    return engine.create_function("def handler(event, context): return 'answer'\n")


def make_table(engine: Engine) -> None:
    engine.client("dynamodb").create_table(
        TableName="table",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def there(engine: Engine) -> dict[str, list[str]]:
    """What is in it, by service."""
    s3, tables = engine.client("s3"), engine.client("dynamodb").list_tables()["TableNames"]
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    stacks = engine.client("cloudformation").describe_stacks()["Stacks"]
    functions = engine.client("lambda").list_functions()["Functions"]
    return {
        "objects": [
            item["Key"]
            for bucket in buckets
            for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        ],
        "items": [
            item["id"]["S"]
            for table in tables
            for item in engine.client("dynamodb").scan(TableName=table)["Items"]
        ],
        "stacks": [f"{stack['StackName']} {stack['StackStatus']}" for stack in stacks],
        "functions": [function["FunctionName"] for function in functions],
    }


def test_all_that_it_had_is_there_again(killed: Killed) -> None:
    # Given one of each, a moment ago
    function = make_all(killed.engine)
    before = there(killed.engine)
    assert killed.saved()

    # When it is killed, and started again
    killed.kill()
    note = killed.start()

    # Then nothing is missing, and the function runs
    assert note == "its process was killed; nothing is lost"
    assert there(killed.engine) == before
    assert len(before["stacks"]) == len(before["items"]) == len(before["objects"]) == 1
    answer = killed.engine.client("lambda").invoke(FunctionName=function)
    assert answer["Payload"].read() == b'"answer"'


def test_what_came_since_is_gone_in_every_service_and_that_is_said(killed: Killed) -> None:
    # Given what is saved, and more of it, which is not, for Terraform is at work
    make_all(killed.engine)
    before = there(killed.engine)
    assert killed.saved()
    locked_by_terraform(killed.engine)
    killed.engine.client("dynamodb").put_item(TableName="table", Item={"id": {"S": "since"}})

    # When it is killed at once
    killed.kill()
    (seen,) = emulators.status([killed.dev], killed.home)
    note = killed.start()

    # Then it goes on as it was before, and says since when
    assert seen.state == "dead"
    assert note.startswith("its process was killed; what was done since ")
    assert there(killed.engine) == before


def locked_by_terraform(engine: Engine) -> Callable[[], Any]:
    s3, where = engine.client("s3"), {"Bucket": "bucket", "Key": "data/terraform.tfstate.tflock"}
    s3.put_object(**where, Body=b"{}")
    return lambda: s3.delete_object(**where)


SLOW = """
import time

def handler(event, context):
    time.sleep(8)
"""


def in_the_middle_of_a_stack(engine: Engine) -> Callable[[], Any]:
    # a custom resource, whose function never says that it is done
    arn = engine.client("lambda").get_function(FunctionName=engine.create_function(SLOW))
    resource = {
        "Type": "Custom::Slow",
        "Properties": {
            "ServiceToken": arn["Configuration"]["FunctionArn"],
            "ServiceTimeout": 9,
        },
    }
    stacks = engine.client("cloudformation")
    template = json.dumps({"Resources": {"Slow": resource}})
    stacks.create_stack(StackName="slow", TemplateBody=template)
    status = lambda: stacks.describe_stacks(StackName="slow")["Stacks"][0]["StackStatus"]  # noqa: E731
    return lambda: eventually(status, lambda seen: not seen.endswith("_IN_PROGRESS"), 60)


@pytest.mark.parametrize("begin", [locked_by_terraform, in_the_middle_of_a_stack])
def test_nothing_is_saved_in_the_middle_of_something(
    killed: Killed, begin: Callable[[Engine], Callable[[], Any]]
) -> None:
    # Given what is saved, and something that is at work
    make_all(killed.engine)
    assert killed.saved()
    finish = begin(killed.engine)
    killed.engine.client("dynamodb").put_item(TableName="table", Item={"id": {"S": "since"}})

    # When there is time / Then it is not saved until that is done
    assert not killed.saved()
    finish()
    assert killed.saved()


def test_a_lock_that_nobody_holds_any_more_does_not_keep_it_from_being_saved(
    killed: Killed,
) -> None:
    # Given a lock that a Terraform has left which was killed long ago
    make_all(killed.engine)
    locked_by_terraform(killed.engine)
    emulators.stop([killed.dev], killed.home)
    (meta,) = killed.home.folder(killed.dev).rglob("saved-*/**/*.tflock.meta.json")
    written = json.loads(meta.read_text()) | {"last_modified": "2020-01-01T00:00:00.000Z"}
    meta.unlink()
    meta.write_text(json.dumps(written))
    killed.start()

    # When something changes / Then it is saved
    killed.engine.client("dynamodb").put_item(TableName="table", Item={"id": {"S": "since"}})
    assert killed.saved()


def test_it_is_saved_also_where_there_is_no_pause(killed: Killed) -> None:
    # Given a table that is written to without a pause
    engine = killed.engine
    make_all(engine)
    assert killed.saved()
    (state,) = killed.home.folder(killed.dev).glob("state-*")
    (first,) = state.glob("saved-*")
    client, deadline = engine.client("dynamodb"), time.monotonic() + 30

    # When it goes on for a while / Then there is another snapshot
    while list(state.glob("saved-*")) == [first] and time.monotonic() < deadline:
        client.put_item(TableName="table", Item={"id": {"S": "item"}})
    assert time.monotonic() < deadline


def test_killed_at_any_moment_it_goes_on_from_one(killed: Killed) -> None:
    # Given a table and a bucket
    chance = random.Random(0)
    make_all(killed.engine)
    number = 0
    for _ in range(5):
        # When each number is first an object, then an item, until it is killed
        engine, until = killed.engine, time.monotonic() + chance.uniform(0.1, 2.5)
        s3, table = engine.client("s3"), engine.client("dynamodb")
        while time.monotonic() < until:
            number += 1
            s3.put_object(Bucket="bucket", Key=f"{number:06}", Body=b"")
            table.put_item(TableName="table", Item={"id": {"S": f"{number:06}"}})
            time.sleep(chance.choice([0, 0, 0, 0.6]))
        killed.kill()
        with pytest.raises((BotoCoreError, ClientError)):
            table.list_tables()
        killed.start()

        # Then there is an item for each object, but maybe for the last
        found = there(killed.engine)
        objects, items = (
            sorted(name for name in found[kind] if name.isdigit()) for kind in ("objects", "items")
        )
        assert items in (objects, objects[:-1])
    assert objects
