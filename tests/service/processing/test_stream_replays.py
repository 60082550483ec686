"""Replays of the stream over the real store's code: DynamoDB and S3 on moto."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.adapters.objects import S3Objects
from desk.domain.event import Event, EventType, of_change
from desk.domain.ticket import Priority, Status
from desk.store.progress import DynamoProgress
from desk.store.quarantine import DynamoQuarantine
from desk.store.statistics import DynamoStatistics
from desk.store.table import Table
from desk.store.tickets import DynamoTickets
from desk.store.watchers import DynamoWatchers
from tests.service import tables
from tests.service.processing.world import Record, World, records
from tests.service.samples import HOUR, NOW, cause, ticket

BUCKET = "desk-test-data"


def world_on(
    client: Any,
    metrics: Metrics,
    logger: Logger,
    clock: Callable[[], datetime],
    over: Callable[[Any], Any] = lambda port: port,
) -> World:
    table = Table(client, tables.TABLE)
    return World(
        metrics,
        logger,
        clock=clock,
        over=over,
        watchers=DynamoWatchers(table),
        progress=DynamoProgress(table),
        statistics=DynamoStatistics(table),
        quarantine=DynamoQuarantine(table),
        objects=S3Objects(lambda: boto3.client("s3"), BUCKET),
    )


def history(tickets: DynamoTickets) -> list[Event]:
    """Three tickets that were created, escalated and given to another team."""
    stream = []
    for number in range(1, 4):
        before = ticket(number, due_at=NOW - HOUR)
        stream.append(of_change(EventType.CREATED, None, before))
        tickets.add(before, stream[-1])
        for kind, after in (
            (EventType.ESCALATED, before.escalated(cause())),
            (EventType.EDITED, before.escalated(cause()).edited({"team": "billing"}, cause())),
        ):
            stream.append(of_change(kind, before, after))
            tickets.update(before, after, stream[-1])
            before = after
    return stream


@pytest.mark.proves("A6")
@pytest.mark.parametrize("seed", range(5))
def test_replays_in_any_batching_change_nothing(
    dynamodb: Any, metrics: Metrics, logger: Logger, seed: int
) -> None:
    # Given watched tickets, whose events have been taken, with one record that held none
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    now = [NOW]
    world = world_on(dynamodb, metrics, logger, lambda: now[0])
    stream = records(history(DynamoTickets(Table(dynamodb, tables.TABLE))))
    stream[4] = poison(stream[4])
    for number in range(1, 4):
        world.watchers.add(ticket(number).id, "ann", cause())
    assert world.process(stream) == []
    before, objects, sent = tables.items(dynamodb), parked(), len(world.notifier.sent)
    # When parts of the stream come again, later, in batches of any size
    dice = random.Random(seed)
    for _ in range(4):
        now[0] += HOUR
        start = dice.randrange(len(stream))
        assert world.process(stream[start : start + dice.randint(1, 9)]) == []
    # Then no stored item is changed, and nobody is told again
    assert tables.items(dynamodb) == before
    assert parked() == objects
    assert len(world.notifier.sent) == sent == 8
    # And the counters are those of the tickets, but for the event that nobody could read
    values = {each["sk"]["S"]: each["value"]["N"] for each in tables.items(dynamodb, "STATS#ops")}
    assert values == {"OPEN#normal": "1", "OPEN#high": "-1", "DAY#2026-03-10#new": "3"}
    billing = world.statistics.of_team("billing", NOW.date())
    assert (billing.open[Priority.HIGH], billing.days) == (3, {})
    assert Status.NEW in world.statistics.of_team("ops", NOW.date()).days["2026-03-10"]


@pytest.mark.proves("A6", "S3")
def test_what_is_parked_is_found_by_its_pointer(
    dynamodb: Any, metrics: Metrics, logger: Logger
) -> None:
    # Given a record that holds no event / When it comes
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    world = world_on(dynamodb, metrics, logger, lambda: NOW)
    bad = poison(records(history(DynamoTickets(Table(dynamodb, tables.TABLE))))[0])
    assert world.process([bad]) == []
    # Then the pointer leads to the object, and the object is the record
    (pointer,) = tables.items(dynamodb, "QUARANTINE#")
    assert parked() == {pointer["object_key"]["S"]: bad}
    assert pointer["item_pk"]["S"] == f"TICKET#{ticket().id}"


def poison(record: Record) -> Record:
    record["dynamodb"]["NewImage"]["schema_version"] = {"N": "99"}
    return record


def parked() -> dict[str, Record]:
    s3 = boto3.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: json.load(s3.get_object(Bucket=BUCKET, Key=key)["Body"]) for key in keys}
