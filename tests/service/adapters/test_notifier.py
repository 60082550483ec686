"""What every notifier must do: the one in memory, and SNS on moto and on the emulator.

Then what SNS's does beside it, and who is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from desk.adapters.topic import SnsNotifier
from desk.domain.event import Event, EventType, of_change
from desk.domain.notifying import Notification
from desk.domain.teams import is_real
from desk.ports.processing import Notifier
from tests.service.in_memory import InMemoryNotifier
from tests.service.samples import cause, ticket
from verification.journey import Journey


@dataclass
class Topic:
    """A topic of SNS, and a way to listen to it."""

    sns: Any
    sqs: Any
    arn: str

    def notify(self, *notifications: Notification) -> None:
        """Send these notifications of one event."""
        SnsNotifier(lambda: self.sns, self.arn).notify(notifications)

    def subscriber(self, **filter_policy: list[str]) -> Callable[[], list[str]]:
        """A queue that gets what the filter lets through, as it was published."""
        queue = self.sqs.create_queue(QueueName=f"subscriber-{uuid4().hex[:8]}")["QueueUrl"]
        asked = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        self.sns.subscribe(
            TopicArn=self.arn,
            Protocol="sqs",
            Endpoint=asked["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true", "FilterPolicy": json.dumps(filter_policy)},
        )

        def received() -> list[str]:
            bodies: list[str] = []
            while messages := self.sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=60
            ).get("Messages"):
                bodies += [each["Body"] for each in messages]
            return bodies

        return received


@dataclass
class Audience:
    """A notifier, and the ids of the notifications that its subscribers heard of."""

    notifier: Notifier
    heard: Callable[[], list[str]]


@pytest.fixture
def moto_topic(aws_environment: None) -> Iterator[Topic]:
    with mock_aws():
        yield _topic()


@pytest.fixture
def emulated_topic(on_emulator: str) -> Topic:
    return _topic(endpoint_url=on_emulator)


def _topic(**where: str) -> Topic:
    sns = boto3.client("sns", **where)
    arn = sns.create_topic(Name=f"desk-{uuid4().hex[:8]}")["TopicArn"]
    return Topic(sns, boto3.client("sqs", **where), arn)


ON_SNS = ["moto_topic", pytest.param("emulated_topic", marks=pytest.mark.engine)]


@pytest.fixture(params=ON_SNS)
def topic(request: pytest.FixtureRequest) -> Topic:
    of: Topic = request.getfixturevalue(request.param)
    return of


@pytest.fixture(params=["memory", *ON_SNS])
def audience(request: pytest.FixtureRequest) -> Audience:
    if request.param == "memory":
        notifier = InMemoryNotifier()
        return Audience(notifier, lambda: [each.id for each in notifier.sent])
    of = request.getfixturevalue(request.param)
    received = of.subscriber()
    return Audience(
        SnsNotifier(lambda: of.sns, of.arn),
        lambda: [json.loads(each)["notification_id"] for each in received()],
    )


def created(number: int = 1, team: str = "ops") -> Event:
    return of_change(EventType.CREATED, None, ticket(number, team=team))


def escalated(number: int = 1) -> Event:
    before = ticket(number)
    return of_change(EventType.ESCALATED, before, before.escalated(cause()))


def told(event: Event, *watchers: str) -> list[Notification]:
    return [Notification(event, watcher) for watcher in watchers]


def crowd(size: int) -> list[Notification]:
    return told(created(), *(f"user-{number:03d}" for number in range(size)))


@pytest.mark.proves("D5")
@pytest.mark.parametrize("size", [1, 10, 11, 25])
def test_each_watcher_is_told_once(audience: Audience, size: int) -> None:
    # Given an event that so many watch / When they are told
    wanted = crowd(size)
    audience.notifier.notify(wanted)
    # Then each hears of it, by an id of its own, however many go into one call
    assert sorted(audience.heard()) == [each.id for each in wanted]


@pytest.mark.proves("D5")
def test_a_repeat_is_heard_under_the_same_id(audience: Audience) -> None:
    # Given a watcher who was told / When it is told again
    for _ in range(2):
        audience.notifier.notify(told(created(), "ann"))
    # Then it can tell that it is the same
    assert audience.heard() == [f"{ticket().id}#1#ann"] * 2


def test_where_nobody_is_to_be_told_nothing_is_sent(audience: Audience) -> None:
    # Given nobody / When they are told / Then nothing is heard
    audience.notifier.notify([])
    assert audience.heard() == []


def test_the_message_says_what_happened_and_nothing_that_a_customer_wrote(topic: Topic) -> None:
    # Given a subscriber
    received = topic.subscriber()
    # When a watcher is told of an event
    topic.notify(*told(escalated(), "ann"))
    # Then the message is the event, and who is told of it
    state = {"team": "ops", "status": "new"}
    assert [json.loads(each) for each in received()] == [
        {
            "schema_version": 1,
            "event_id": f"{ticket().id}#2",
            "type": "TicketEscalated",
            "ticket_id": ticket().id,
            "version": 2,
            "team": "ops",
            "before": {**state, "priority": "normal"},
            "after": {**state, "priority": "high"},
            "occurred_at": "2026-03-10T12:30:00Z",
            "correlation_id": "c-1",
            "watcher": "ann",
            "notification_id": f"{ticket().id}#2#ann",
        }
    ]


@pytest.mark.proves("D5")
@pytest.mark.parametrize(
    "wanted",
    [
        {"team": ["ops"]},
        {"type": ["TicketEscalated"]},
        {"watcher": ["bob"]},
        {"notification_id": [{"prefix": ticket(2).id}]},
    ],
)
def test_a_subscription_can_filter(topic: Topic, wanted: dict[str, Any]) -> None:
    # Given a subscriber of one team, one type, one watcher or one ticket
    received = topic.subscriber(**wanted)
    # When watchers are told of events of two teams and types
    topic.notify(*told(created(1, team="billing"), "ann"))
    topic.notify(*told(escalated(2), "bob"))
    # Then it hears of its own only
    assert [json.loads(each)["ticket_id"] for each in received()] == [ticket(2).id]


@pytest.mark.parametrize(
    "team", ["ops", "smoke", "smoke-control", "smoke-0123456789abc", "non-smoke-0123456789ab"]
)
def test_events_of_real_teams_concern_people(team: str) -> None:
    assert is_real(team)


def test_what_the_smoke_test_makes_up_concerns_nobody() -> None:
    # Given the team of a smoke test, as it makes it up / When it opens a ticket
    team = Journey(deployment=None).team  # type: ignore[arg-type]
    # Then the domain knows it
    assert not is_real(team)
