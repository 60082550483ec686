"""The processor breaks off anywhere, over the real store's code: DynamoDB and S3 on moto."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain.event import EventType, of_change
from desk.domain.ticket import Status
from desk.store.table import Table
from desk.store.tickets import DynamoTickets
from tests.service import tables
from tests.service.processing.test_stream_replays import BUCKET, parked, poison, world_on
from tests.service.processing.world import Record, records
from tests.service.samples import NOW, cause, changed, ticket
from tests.service.stream_mapping import Settings, Shard, StreamMapping
from tests.service.stream_mapping.faults import Fault, Faults, Place

MAPPING = Settings.of_template()
# in their order: an event, a record that holds none, another event
CALLS = [
    *("count", "of", "notify", "mark", "publish", "mark"),
    *("put", "add"),
    *("count", "of", "notify", "mark", "publish", "mark"),
]


@pytest.fixture
def client(dynamodb: Any) -> Any:
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return dynamodb


@dataclass
class Outcome:
    """What there is when all has been delivered.

    Parameters
    ----------
    told:
        Whom of what, and which events other systems got: how often does not matter.
    """

    items: list[dict[str, Any]]
    parked: dict[str, Record]
    told: set[tuple[str, str]]
    published: set[str]
    calls: list[str]


class Noted(Faults):
    """Faults that keep which calls there were."""

    def __init__(self, of: Mapping[Place, Fault]) -> None:
        super().__init__(of)
        self.calls: list[str] = []

    def next(self, name: str) -> Fault | None:
        self.calls.append(name)
        return super().next(name)


def delivered(
    client: Any, metrics: Metrics, logger: Logger, faults: Mapping[Place, Fault]
) -> Outcome:
    """A new desk, whose stream is delivered until it is through, whatever fails on the way."""
    for key in parked():
        boto3.client("s3").delete_object(Bucket=BUCKET, Key=key)
    client.delete_table(TableName=tables.TABLE)
    # moto copies all of a stream at every transaction, and nobody reads this one
    table = Table(client, tables.create(client, stream=False))
    noted = Noted(faults)
    world = world_on(client, metrics, logger, lambda: NOW, noted.over)
    stream = history(DynamoTickets(table))
    for user in ("ann", "bob"):
        world.watchers.add(ticket().id, user, cause())
    mapping = StreamMapping(MAPPING, lambda event: world.function(event, None), clock=lambda: NOW)
    mapping.drain(Shard("shard-1", stream))
    assert mapping.destination == []
    return Outcome(
        items=tables.items(client),
        parked=parked(),
        told={(each.id, each.watcher) for each in world.notifier.sent},
        published={each.id for each in world.event_bus.published},
        calls=noted.calls,
    )


def history(tickets: DynamoTickets) -> list[Record]:
    """A ticket that is given to another team, and between the two a record that holds no event."""
    before = ticket()
    after = before.edited({"team": "billing", "status": Status.OPEN}, cause())
    created, edited = of_change(EventType.CREATED, None, before), changed(before, after)
    tickets.add(before, created)
    tickets.update(before, after, edited)
    first, spoilt, last = records([created, created, edited])
    return [first, poison(spoilt), last]


def same(one: Outcome, other: Outcome) -> bool:
    stored = one.items == other.items and one.parked == other.parked
    return stored and one.told == other.told and one.published == other.published


@pytest.mark.proves("A6", "S3")
@pytest.mark.parametrize("fault", [Fault.UNHEARD, Fault.KILLED_BEFORE, Fault.KILLED_AFTER])
def test_wherever_the_processor_breaks_off_all_is_as_if_it_had_not(
    client: Any, metrics: Metrics, logger: Logger, fault: Fault
) -> None:
    # Given what comes of a stream when nothing fails
    wanted = delivered(client, metrics, logger, {})
    assert wanted.calls == CALLS
    assert (len(wanted.told), len(wanted.published), len(wanted.parked)) == (4, 2, 1)
    assert Counter(item["pk"]["S"].partition("#")[0] for item in wanted.items) == {
        "TICKET": 5,
        "SEEN": 6,
        "STATS": 4,
        "QUARANTINE": 1,
    }
    # When any one of the calls fails, before or after it has done its work
    for place, name in enumerate(CALLS):
        outcome = delivered(client, metrics, logger, {place: fault})
        # Then it is delivered again, and in the end the counters, the marks and what is parked are
        # the same, and everyone was told of the same
        assert len(outcome.calls) > len(CALLS), name
        assert same(outcome, wanted), name


@pytest.mark.proves("A6", "S3")
def test_wherever_it_breaks_off_again_and_again_all_is_as_if_it_had_not(
    client: Any, metrics: Metrics, logger: Logger
) -> None:
    # Given what comes of a stream when nothing fails / When several calls fail, anyhow
    wanted, dice = delivered(client, metrics, logger, {}), random.Random(1)
    for _ in range(10):
        places = dice.sample(range(2 * len(CALLS)), 8)
        faults = {place: dice.choice(list(Fault)) for place in places}
        # Then all is as if none had
        assert same(delivered(client, metrics, logger, faults), wanted), faults
