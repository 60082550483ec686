"""`baton redrive` against an emulator: a stream whose function failed, its queue, a quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from codegen.settings import load_environment
from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.target import Target
from tests.emulator.conftest import PATCHED, Engine, eventually, serve, unique
from tests.pipeline.redriving import domain_event, stream_record, tick

pytestmark = pytest.mark.engine

ROOT = Path(__file__).resolve().parents[2]

# Fails until a file is there; then notes what it takes, and marks it as the processor does.
PROCESSOR = """
import os, boto3

def handler(event, context):
    if not os.path.exists(os.environ["MENDED"]):
        raise ValueError("broken")
    table = boto3.client(
        "dynamodb",
        endpoint_url=os.environ["ENDPOINT"],
        aws_access_key_id=os.environ["ACCOUNT"],
        aws_secret_access_key=os.environ["SECRET_KEY"],
    )
    for record in event["Records"]:
        keys = record["dynamodb"]["Keys"]
        ticket = keys["pk"]["S"].removeprefix("TICKET#")
        version = int(keys["sk"]["S"].removeprefix("EVENT#"))
        with open(os.environ["JOURNAL"], "a") as journal:
            print(f"{ticket}#{version}", file=journal)
        marker = {"pk": {"S": f"SEEN#{ticket}#{version}"}, "sk": {"S": "integrate"}}
        table.put_item(TableName=os.environ["TABLE"], Item=marker)
    return {"batchItemFailures": []}
"""
SCHEDULED = """
import os

def handler(event, context):
    with open(os.environ["JOURNAL"], "a") as journal:
        print(event["time"], file=journal)
    return {"escalated": 0}
"""
PARAMETERS = ("TableName", "DataBucketName", "StreamDlqName", "ScheduleDlqName")


class World:
    """A deployed application, as far as redrive looks at it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.mended = engine, folder / "mended"
        self.table, self.bucket = unique("table"), unique("bucket")
        self.stream_queue, self.schedule_queue = unique("stream-dlq"), unique("schedule-dlq")
        self.inbox = unique("event-inbox")
        self.stream = self._make_table()
        engine.client("s3").create_bucket(Bucket=self.bucket)
        self.urls = {
            name: engine.client("sqs").create_queue(QueueName=name)["QueueUrl"]
            for name in (self.stream_queue, self.schedule_queue, self.inbox)
        }
        self.processor = engine.create_function(
            PROCESSOR,
            MENDED=str(self.mended),
            TABLE=self.table,
            ENDPOINT=engine.endpoint,
            ACCOUNT=engine.environment.account_id,
            SECRET_KEY=engine.secret_key,
        )
        self.scheduled = engine.create_function(SCHEDULED)
        self._follow()
        self._make_stack()

    def _make_table(self) -> str:
        described = self.engine.client("dynamodb").create_table(
            TableName=self.table,
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        return str(described["TableDescription"]["LatestStreamArn"])

    def _follow(self) -> None:
        """The processor's mapping, as the template has it, with fewer retries."""
        pattern = {
            "eventName": ["INSERT"],
            "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}},
        }
        queue = self.engine.client("sqs").get_queue_attributes(
            QueueUrl=self.urls[self.stream_queue], AttributeNames=["QueueArn"]
        )
        self.engine.client("lambda").create_event_source_mapping(
            FunctionName=self.processor,
            EventSourceArn=self.stream,
            StartingPosition="TRIM_HORIZON",
            FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]},
            MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": queue["Attributes"]["QueueArn"]}},
        )

    def _make_stack(self) -> None:
        values = (self.table, self.bucket, self.stream_queue, self.schedule_queue)
        template = {
            "Parameters": {name: {"Type": "String"} for name in PARAMETERS},
            "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
            "Outputs": {
                "ProcessorAliasArn": {"Value": self.arn(self.processor)},
                "ScheduledAliasArn": {"Value": self.arn(self.scheduled)},
                "EventInboxUrl": {"Value": self.urls[self.inbox]},
            },
        }
        formation = self.engine.client("cloudformation")
        formation.create_stack(
            StackName="desk-dev",
            TemplateBody=json.dumps(template),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in zip(PARAMETERS, values, strict=True)
            ],
        )
        formation.get_waiter("stack_create_complete").wait(
            StackName="desk-dev", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )

    def arn(self, function: str) -> str:
        found = self.engine.client("lambda").get_function(FunctionName=function)
        return str(found["Configuration"]["FunctionArn"])

    def write(self, sort_key: str, **more: Any) -> None:
        item = {"pk": {"S": "TICKET#T1"}, "sk": {"S": sort_key}, **more}
        self.engine.client("dynamodb").put_item(TableName=self.table, Item=item)

    def park(self, version: int) -> str:
        record = stream_record(version)
        number = record["dynamodb"]["SequenceNumber"]
        today = datetime.now(UTC).date()
        key = f"quarantine/{today}/{number}.json"
        self.engine.client("s3").put_object(Bucket=self.bucket, Key=key, Body=json.dumps(record))
        pointer = {
            "pk": f"QUARANTINE#{today}",
            "sk": number,
            "item_pk": "TICKET#T1",
            "item_sk": f"EVENT#{version:010d}",
            "object_key": key,
            "reason": "schema version 2 is not known",
            "parked_at": "2026-03-02T09:30:00.000Z",
        }
        item = {name: {"S": value} for name, value in pointer.items()}
        self.engine.client("dynamodb").put_item(TableName=self.table, Item=item)
        return f"{today}/{number}"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    dev = load_environment(ROOT / "live", "dev")
    with serve(PATCHED, tmp_path, dev, 30) as engine:
        yield engine


@pytest.fixture
def world(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("BATON_HOME", str(tmp_path / "home"))
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "BATON_TARGET"):
        monkeypatch.delenv(name, raising=False)
    target = Target("local", Checkout.here())
    engine.belongs_to(target.local_home())
    for name, value in target.variables(engine.environment).items():
        # the command sets them for good
        if value is not None and name.startswith("AWS_") and name != "AWS_PROFILE":
            monkeypatch.setenv(name, value)
    return World(engine, tmp_path)


def redrive(capsys: pytest.CaptureFixture[str], action: str, *arguments: str) -> tuple[int, Any]:
    """The command's code, and its list."""
    capsys.readouterr()
    code = main(["redrive", action, "dev", *arguments, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def given_up(world: World, capsys: pytest.CaptureFixture[str], expected: int) -> int:
    """How many records Lambda has given up, as soon as there are as many as expected."""

    def look() -> int:
        _, entries = redrive(capsys, "list")
        return sum(entry["records"] for entry in entries)

    return eventually(look, lambda records: records == expected, world.engine.patience_seconds)


@pytest.mark.proves("A8")
def test_all_that_failed_is_listed_and_taken_once_the_function_is_mended(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given events at which the processor failed, among a change of the ticket itself
    world.write("EVENT#0000000001")
    world.write("META")
    world.write("EVENT#0000000002")
    assert given_up(world, capsys, 2) == 2
    # and a parked record, a missed event, and one that did not reach the inbox
    parked = world.park(7)
    sqs = world.engine.client("sqs")
    for event in (tick(), domain_event()):
        sqs.send_message(QueueUrl=world.urls[world.schedule_queue], MessageBody=json.dumps(event))

    # When it is listed, Then all of it waits
    code, listed = redrive(capsys, "list")
    assert code == 3
    sources = {entry["source"] for entry in listed}
    assert sources == {"quarantine", "stream", "schedule", "domain-event"}
    assert parked in {entry["id"] for entry in listed}

    # When it is replayed while the processor is as it was, Then its part waits as before
    code, results = redrive(capsys, "replay", "--all")
    assert code == 1
    assert {each["source"]: each["outcome"] for each in results} == {
        "stream": "failed",
        "quarantine": "failed",
        "schedule": "done",
        "domain-event": "done",
    }
    (put,) = sqs.receive_message(QueueUrl=world.urls[world.inbox])["Messages"]
    assert json.loads(put["Body"]) == domain_event()
    assert world.engine.journal(world.scheduled) == ["2026-03-02T10:00:00Z"]

    # When the processor is mended, Then a rehearsal says so, and the replay does it
    world.mended.touch()
    code, _ = redrive(capsys, "replay", "--all", "--dry-run")
    assert (code, world.engine.journal(world.processor)) == (3, [])
    code, results = redrive(capsys, "replay", "--all")
    assert (code, {each["outcome"] for each in results}) == (0, {"done"})
    taken = world.engine.journal(world.processor)
    assert sorted(taken) == ["T1#1", "T1#2", "T1#7"]
    assert taken.index("T1#1") < taken.index("T1#2")

    # And nothing is left, neither in the queues nor of the quarantine
    assert redrive(capsys, "list") == (0, [])
    assert "Contents" not in world.engine.client("s3").list_objects_v2(Bucket=world.bucket)


def test_a_batch_is_shown_with_its_records(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.write("EVENT#0000000001", type={"S": "TicketCreated"})
    assert given_up(world, capsys, 1) == 1
    _, (entry,) = redrive(capsys, "list")

    code, document = redrive(capsys, "show", entry["id"][:8])

    assert code == 0
    (record,) = document["records"]
    assert record["eventSourceARN"] == world.stream
    assert record["dynamodb"]["NewImage"]["type"] == {"S": "TicketCreated"}
    # and it is there as before
    assert redrive(capsys, "list")[1] == [entry]


def test_a_queue_or_function_that_is_gone_is_said_to_be(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a parked record, and no processor
    world.park(1)
    world.engine.client("lambda").delete_function(FunctionName=world.processor)
    assert main(["redrive", "replay", "dev", "--all"]) == 1
    assert "there is no function" in capsys.readouterr().err

    # Given no queue either
    world.engine.client("sqs").delete_queue(QueueUrl=world.urls[world.stream_queue])
    assert main(["redrive", "list", "dev"]) == 1
    told = capsys.readouterr().err
    assert f"the queue {world.stream_queue} is not there" in told
    assert "next: ./baton promote dev" in told


def test_an_environment_without_a_stack_has_nothing_to_redrive(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.engine.client("cloudformation").delete_stack(StackName="desk-dev")

    assert main(["redrive", "list", "dev"]) == 1
    assert "the stack desk-dev is not there" in capsys.readouterr().err


def test_an_id_that_is_not_there_is_wrong_usage(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["redrive", "replay", "dev", "2026-03-02/1"]) == 2
    assert "nothing called '2026-03-02/1' waits there" in capsys.readouterr().err
