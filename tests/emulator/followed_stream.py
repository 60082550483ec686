"""A stream with a function that follows it and fails, to see what the mapping makes of that."""

from __future__ import annotations

import json
from typing import Any

from .conftest import Engine, eventually, unique

# Notes each batch. "bad…" always fails, "once…" the first time; by a report or by an error, or, as
# the processor does, by an error where the batch's first record fails and by a report otherwise.
CODE = """
import os

seen = set()

def failed(identifier):
    first = identifier not in seen
    seen.add(identifier)
    return identifier.startswith("bad") or (identifier.startswith("once") and first)

def handler(event, context):
    sent = {r["dynamodb"]["Keys"]["id"]["S"]: r for r in event["Records"]}
    with open(os.environ["JOURNAL"], "a") as journal:
        print(*sent, file=journal)
    failures = [each for each in sent if failed(each)]
    raises = {"raise": True, "report": False, "in order": failures[:1] == list(sent)[:1]}
    if failures and raises[os.environ["FAILS"]]:
        raise ValueError(failures)
    numbers = [sent[each]["dynamodb"]["SequenceNumber"] for each in failures]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}
"""


class Stream:
    """A table with items in its stream, and a mapping that reads it from the beginning."""

    def __init__(self, engine: Engine, ids: str, function: str, **settings: Any) -> None:
        self.engine, self.function, self.table = engine, function, unique("table")
        described = engine.client("dynamodb").create_table(
            TableName=self.table,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]
        self.put(ids)
        sqs = engine.client("sqs")
        self.queue = sqs.create_queue(QueueName=self.table)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        destination = {"OnFailure": {"Destination": arn["Attributes"]["QueueArn"]}}
        self.mapping = engine.client("lambda").create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=described["LatestStreamArn"],
            StartingPosition="TRIM_HORIZON",
            DestinationConfig=destination,
            **settings,
        )["UUID"]

    def put(self, ids: str) -> None:
        dynamodb = self.engine.client("dynamodb")
        for each in ids.split():
            dynamodb.put_item(TableName=self.table, Item={"id": {"S": each}})

    def batches(self, expected: list[str]) -> list[str]:
        """The batches that were sent, in order, as soon as they are those expected."""
        eventually(lambda: self.engine.journal(self.function), bool)
        return eventually(
            lambda: self.engine.journal(self.function),
            lambda sent: sent == expected,
            self.engine.patience_seconds,
        )

    def outcome(self, batches: list[str], given_up: list[tuple[str, int]]) -> Any:
        """Both; what was given up only when the batches are those expected."""
        sent = self.batches(batches)
        return sent, self.given_up(given_up) if sent == batches else None

    def given_up(self, expected: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Condition and size of what was given up, as soon as there is what is expected."""
        found: list[tuple[str, int]] = []

        def look() -> list[tuple[str, int]]:
            sqs = self.engine.client("sqs")
            for message in sqs.receive_message(QueueUrl=self.queue).get("Messages", []):
                body = json.loads(message["Body"])
                size = body["DDBStreamBatchInfo"]["batchSize"]
                found.append((body["requestContext"]["condition"], size))
            return found

        return eventually(look, lambda seen: seen == expected, self.engine.patience_seconds)


def fails(how: str, engine: Engine) -> str:
    return engine.create_function(CODE, FAILS=how)
