"""What the tests of `baton redrive` send, park and answer with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import boto3

from pipeline.adapters.invocation import Answer
from pipeline.adapters.queue import Message

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOW.date()
STREAM = "arn:aws:dynamodb:us-east-1:111111111111:table/desk-dev/stream/2026-01-01T00:00:00.000"
PROCESSOR = "arn:aws:lambda:us-east-1:111111111111:function:desk-dev-processor:live"
TABLE, BUCKET, QUEUE = "desk-dev", "desk-dev-data", "desk-dev-stream-dlq"


def number(place: int) -> str:
    """A sequence number, as long as they are at least."""
    return str(10**20 + place)


def stream_record(version: int = 1, place: int = 100, **more: Any) -> dict[str, Any]:
    """A record as Lambda hands it over: a new event of ticket T1."""
    keys = {"pk": {"S": "TICKET#T1"}, "sk": {"S": f"EVENT#{version:010d}"}}
    data = {"Keys": keys, "NewImage": keys, "SequenceNumber": number(place)}
    return {"eventName": "INSERT", "dynamodb": data, "eventSourceARN": STREAM, **more}


def on_failure(**batch: Any) -> dict[str, Any]:
    """What Lambda sends to the stream's queue (its guide, "Retain discarded records")."""
    return {
        "requestContext": {
            "requestId": "316aa6d0-8154-4c5b-9af7-85d5f4a6bc81",
            "functionArn": PROCESSOR,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 9,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "3",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": "2026-03-02T11:00:02.717Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001573689847184-864758bb",
            "startSequenceNumber": number(100),
            "endSequenceNumber": number(300),
            "approximateArrivalOfFirstRecord": "2026-03-02T11:00:00Z",
            "approximateArrivalOfLastRecord": "2026-03-02T11:00:01Z",
            "batchSize": 2,
            "streamArn": STREAM,
            **batch,
        },
    }


def tick(**more: Any) -> dict[str, Any]:
    """What EventBridge gives the scheduled function."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "time": "2026-03-02T10:00:00Z",
        "resources": ["arn:aws:events:us-east-1:111111111111:rule/desk-dev-sweep"],
        "detail": {},
        **more,
    }


def domain_event(**more: Any) -> dict[str, Any]:
    """What EventBridge puts into the event inbox."""
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "ticket.created",
        "source": "desk.dev",
        "time": "2026-03-02T10:00:00Z",
        "resources": [],
        "detail": {"id": "T1#1"},
        **more,
    }


def message(body: Any, **attributes: str) -> Message:
    text = body if isinstance(body, str) else json.dumps(body)
    return Message("0a1b2c3d-0000", text, NOW, attributes, "receipt")


def make_quarantine(session: boto3.Session) -> None:
    """A table, and a bucket that keeps every version."""
    session.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    s3 = session.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


def park(session: boto3.Session, record: dict[str, Any], day: date = TODAY) -> str:
    """Park a record as the processor does; the id it is listed under."""
    sequence_number, keys = record["dynamodb"]["SequenceNumber"], record["dynamodb"]["Keys"]
    key = f"quarantine/{day}/{sequence_number}.json"
    session.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(record))
    pointer = {
        "pk": f"QUARANTINE#{day}",
        "sk": sequence_number,
        "item_pk": keys["pk"]["S"],
        "item_sk": keys["sk"]["S"],
        "object_key": key,
        "reason": "schema version 2 is not known",
        "parked_at": "2026-03-02T09:30:00.000Z",
    }
    item = {name: {"S": value} for name, value in pointer.items()}
    session.client("dynamodb").put_item(TableName=TABLE, Item=item)
    return f"{day}/{sequence_number}"


@dataclass
class Processor:
    """The processor as a redrive sees it: marks what it takes, parks what it refuses, or fails."""

    session: boto3.Session
    refuses: set[str] = field(default_factory=set)
    fails: set[str] = field(default_factory=set)
    batches: list[list[str]] = field(default_factory=list)

    def __call__(self, function: str, event: Any) -> Answer:
        assert function == PROCESSOR
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        self.batches.append(numbers)
        for index, record in enumerate(event["Records"]):
            if numbers[index] in self.fails and index == 0:
                return Answer(error="UndeliveredError: the topic said InternalError")
            if numbers[index] in self.fails:
                return Answer({"batchItemFailures": [{"itemIdentifier": numbers[index]}]})
            self._take(record, numbers[index])
        return Answer({"batchItemFailures": []})

    def _take(self, record: dict[str, Any], sequence_number: str) -> None:
        if sequence_number in self.refuses:
            park(self.session, record)
            return
        version = int(record["dynamodb"]["Keys"]["sk"]["S"].removeprefix("EVENT#"))
        self.session.client("dynamodb").put_item(
            TableName=TABLE, Item={"pk": {"S": f"SEEN#T1#{version}"}, "sk": {"S": "integrate"}}
        )


def send(session: boto3.Session, url: str, *bodies: Any) -> None:
    """Put messages into a queue, each as JSON."""
    for body in bodies:
        session.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))


def visible(session: boto3.Session, url: str) -> int:
    """How many messages of a queue nobody holds."""
    name = "ApproximateNumberOfMessages"
    answer: Any = session.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return int(answer["Attributes"][name])
