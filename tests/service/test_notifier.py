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
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from moto import mock_aws

from desk.domain.errors import NotNotifiedError
from desk.domain.event import Event, EventType, of_change
from desk.domain.notifying import concerns_people
from desk.notify.topic import SnsNotifier
from desk.ports import Notifier
from desk.runtime import clients
from pipeline.smoke.journey import _Journey
from tests.service.in_memory import InMemoryNotifier
from tests.service.samples import cause, ticket

ONE_TRY = Config(retries={"total_max_attempts": 1})
TOPIC = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications"


@dataclass
class Topic:
    """A topic of SNS, and a way to listen to it."""

    sns: Any
    sqs: Any
    arn: str

    def notify(self, *events: Event) -> None:
        """Announce these events."""
        for event in events:
            SnsNotifier(self.sns, self.arn).notify(event)

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
            answer = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            return [message["Body"] for message in answer.get("Messages", [])]

        return received


@dataclass
class Audience:
    """A notifier, and the ids of the events that its subscribers heard of."""

    notifier: Notifier
    heard: Callable[[], list[str]]


@pytest.fixture
def moto_topic(aws_environment: None) -> Iterator[Topic]:
    with mock_aws():
        yield _topic()


@pytest.fixture
def emulated_topic(aws_environment: None, emulator: str) -> Topic:
    return _topic(endpoint_url=emulator)


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
        return Audience(notifier, lambda: [event.id for event in notifier.events])
    of = request.getfixturevalue(request.param)
    received = of.subscriber()
    return Audience(
        SnsNotifier(of.sns, of.arn), lambda: [json.loads(each)["event_id"] for each in received()]
    )


def created(number: int = 1, team: str = "ops") -> Event:
    return of_change(EventType.CREATED, None, ticket(number, team=team))


def escalated(number: int = 1) -> Event:
    before = ticket(number)
    return of_change(EventType.ESCALATED, before, before.escalated(cause()))


@pytest.mark.proves("D5")
def test_what_is_notified_is_heard(audience: Audience) -> None:
    # Given two events / When they are announced
    for event in (created(), escalated()):
        audience.notifier.notify(event)
    # Then the subscribers hear of both
    assert sorted(audience.heard()) == [f"{ticket().id}#1", f"{ticket().id}#2"]


@pytest.mark.proves("D5")
def test_a_repeat_is_heard_under_the_same_id(audience: Audience) -> None:
    # Given an event that was announced / When it is announced again
    for _ in range(2):
        audience.notifier.notify(created())
    # Then a receiver can tell that it is the same
    assert audience.heard() == [f"{ticket().id}#1"] * 2


def test_the_message_says_what_happened_and_nothing_that_a_customer_wrote(topic: Topic) -> None:
    # Given a subscriber
    received = topic.subscriber()
    # When an event is announced
    topic.notify(escalated())
    # Then the message is the event
    assert [json.loads(message) for message in received()] == [
        {
            "schema_version": 1,
            "event_id": f"{ticket().id}#2",
            "type": "TicketEscalated",
            "ticket_id": ticket().id,
            "version": 2,
            "team": "ops",
            "occurred_at": "2026-03-10T12:30:00Z",
            "correlation_id": "c-1",
        }
    ]


@pytest.mark.proves("D5")
@pytest.mark.parametrize("wanted", [{"team": ["ops"]}, {"type": ["TicketEscalated"]}])
def test_a_subscription_can_filter(topic: Topic, wanted: dict[str, list[str]]) -> None:
    # Given a subscriber of one team, or of one type
    received = topic.subscriber(**wanted)
    # When events of two teams and types are announced
    topic.notify(created(1, team="billing"), escalated(2))
    # Then it hears of its own only
    assert [json.loads(message)["ticket_id"] for message in received()] == [ticket(2).id]


@pytest.mark.parametrize("code", ["Throttled", "InternalError", "AuthorizationError", "NotFound"])
def test_a_refusal_is_told_by_its_code_alone(aws_environment: None, code: str) -> None:
    # Given a topic that refuses
    client = boto3.client("sns", config=ONE_TRY)
    with Stubber(client) as stubbed:
        stubbed.add_client_error("publish", code, "a text that may hold anything")
        # When an event is announced / Then the error names event and code, and not the text
        with pytest.raises(NotNotifiedError) as raised:
            SnsNotifier(client, TOPIC).notify(created())
    assert str(raised.value) == f"event {ticket().id}#1 was not announced: {code}"


def test_no_answer_is_a_failure_like_any_other() -> None:
    # Given a topic that cannot be reached
    class Unreachable:
        def publish(self, **_: Any) -> object:
            raise ConnectTimeoutError(endpoint_url="https://sns.us-east-1.amazonaws.com")

    # When an event is announced / Then the error says how it failed
    with pytest.raises(NotNotifiedError, match=r"ConnectTimeoutError$"):
        SnsNotifier(Unreachable(), TOPIC).notify(created())


def test_the_clients_time_outs_end_well_within_the_processors(aws_environment: None) -> None:
    # Given the client as the function makes it / When its worst case is added up
    config = clients.sns().meta.config
    worst = config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout)
    # Then the record can still be reported: the processor has a minute
    assert worst == 14


@pytest.mark.parametrize(
    "team", ["ops", "smoke", "smoke-control", "smoke-0123456789abc", "non-smoke-0123456789ab"]
)
def test_events_of_real_teams_concern_people(team: str) -> None:
    assert concerns_people(created(team=team))


def test_what_the_smoke_test_makes_up_concerns_nobody() -> None:
    # Given the team of a smoke test, as it makes it up / When it opens a ticket
    team = _Journey(deployment=None).team  # type: ignore[arg-type]
    # Then the domain knows it
    assert not concerns_people(created(team=team))
