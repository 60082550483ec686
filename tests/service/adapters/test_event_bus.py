"""What every event bus must do: the one in memory, and EventBridge on the emulator.

Then what EventBridge's does beside it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber
from moto import mock_aws

from desk.adapters.event_bus import EventBridgeBus
from desk.domain import notifying
from desk.domain.errors import UndeliverableError, UndeliveredError
from desk.domain.event import Event, EventType, of_change
from desk.ports.processing import EventBus
from desk.runtime.retries import Retries
from tests.service.in_memory import InMemoryEventBus
from tests.service.samples import NOW, cause, ticket

ONE_TRY = Config(retries={"total_max_attempts": 1})
BUS = "desk-test-events"


@dataclass
class Line:
    """A bus, and the ids of the events that are heard at its end."""

    bus: EventBus
    heard: Callable[[int], list[str]]


@dataclass
class EmulatedBus:
    """A bus on the emulator with a rule for this environment's events, and the rule's queue."""

    events: Any
    sqs: Any
    name: str
    queue: str

    def received(self, count: int) -> list[dict[str, Any]]:
        """What the rule sent on: so many, or what came within some seconds."""
        ends = time.monotonic() + 10
        found: list[dict[str, Any]] = []
        while len(found) < count and time.monotonic() < ends:
            answer = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            found += [json.loads(each["Body"]) for each in answer.get("Messages", [])]
        return found


@pytest.fixture
def emulated(on_emulator: str) -> EmulatedBus:
    events = boto3.client("events", endpoint_url=on_emulator)
    sqs = boto3.client("sqs", endpoint_url=on_emulator)
    name = f"desk-{uuid4().hex[:8]}"
    events.create_event_bus(Name=name)
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    events.put_rule(Name=name, EventBusName=name, EventPattern=json.dumps({"source": ["desk.dev"]}))
    target = {"Id": "queue", "Arn": asked["Attributes"]["QueueArn"]}
    events.put_targets(Rule=name, EventBusName=name, Targets=[target])
    return EmulatedBus(events, sqs, name, queue)


@pytest.fixture(params=["memory", pytest.param("emulated", marks=pytest.mark.engine)])
def line(request: pytest.FixtureRequest) -> Line:
    if request.param == "memory":
        bus = InMemoryEventBus()
        return Line(bus, lambda _: [event.id for event in bus.published])
    of: EmulatedBus = request.getfixturevalue("emulated")
    return Line(
        EventBridgeBus(lambda: of.events, of.name, "dev"),
        lambda count: [each["detail"]["event_id"] for each in of.received(count)],
    )


def created(number: int = 1) -> Event:
    return of_change(EventType.CREATED, None, ticket(number))


def escalated() -> Event:
    return of_change(EventType.ESCALATED, ticket(), ticket().escalated(cause()))


@pytest.mark.proves("A7")
def test_what_is_published_is_heard(line: Line) -> None:
    # Given events / When they are published
    for event in (created(1), escalated()):
        line.bus.publish(event)
    # Then whoever listens hears of each
    assert sorted(line.heard(2)) == [f"{ticket().id}#1", f"{ticket().id}#2"]


@pytest.mark.proves("A7")
def test_a_repeat_is_heard_under_the_same_id(line: Line) -> None:
    # Given an event that was published / When it is published again
    for _ in range(2):
        line.bus.publish(created())
    # Then a listener can tell that it is the same
    assert line.heard(2) == [f"{ticket().id}#1"] * 2


@pytest.mark.engine
@pytest.mark.proves("A7")
def test_the_envelope_says_whose_event_it_is(emulated: EmulatedBus) -> None:
    # Given two environments that put their events on one bus
    for environment in ("dev", "prod"):
        bus = EventBridgeBus(lambda: emulated.events, emulated.name, environment)
        bus.publish(escalated())
    # When a rule asks for those of one / Then it gets them, as other watchers get the event
    (got,) = emulated.received(1)
    assert (got["source"], got["detail-type"]) == ("desk.dev", "TicketEscalated")
    assert got["detail"] == notifying.document(escalated())


def test_moto_takes_what_is_published(aws_environment: None) -> None:
    # Given a bus, and an archive that keeps what comes / When an event is published
    with mock_aws():
        client = boto3.client("events")
        bus = client.create_event_bus(Name=BUS)["EventBusArn"]
        client.create_archive(ArchiveName="all", EventSourceArn=bus)
        EventBridgeBus(lambda: client, BUS, "dev").publish(created())
        # Then it is there
        assert client.describe_archive(ArchiveName="all")["EventCount"] == 1


def test_the_request_is_the_event(aws_environment: None) -> None:
    # Given EventBridge as botocore knows it, which checks what it is asked
    client = boto3.client("events")
    with Stubber(client) as stubbed:
        entry = {
            "EventBusName": BUS,
            "Source": "desk.dev",
            "DetailType": "TicketCreated",
            "Detail": notifying.text(created()),
            "Time": NOW,
        }
        answer = {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}
        stubbed.add_response("put_events", answer, {"Entries": [entry]})
        # When an event is published / Then the request is this, and holds nothing else
        EventBridgeBus(lambda: client, BUS, "dev").publish(created())
        stubbed.assert_no_pending_responses()


class Answering:
    """An EventBridge that answers as it is told, call by call."""

    def __init__(self, *codes: str | None) -> None:
        self.codes = list(codes)
        self.asked = 0

    def put_events(self, **_: Any) -> dict[str, Any]:
        self.asked += 1
        code = self.codes.pop(0)
        if code is None:
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}
        # the call succeeds: only the entry says that it did not
        failed = {"ErrorCode": code, "ErrorMessage": "may hold anything"} if code else {}
        return {"FailedEntryCount": 1, "Entries": [failed]}


def published(client: Answering) -> list[float]:
    slept: list[float] = []
    retries = Retries(sleep=slept.append, dice=lambda: 1.0)
    EventBridgeBus(lambda: client, BUS, "dev", retries).publish(  # type: ignore[arg-type,return-value]
        created()
    )
    return slept


@pytest.mark.parametrize(
    "code", ["InternalFailure", "InternalException", "ThrottlingException", ""]
)
def test_what_may_be_taken_later_is_published_again(code: str) -> None:
    # Given a bus that does not take the event twice, in an answer that is none of failure
    client = Answering(code, code, None)
    # When it is published / Then it is tried until it is taken, after pauses that grow
    assert published(client) == [0.1, 0.2]
    assert client.asked == 3


def test_trying_again_has_an_end() -> None:
    # Given a bus that is busy / When an event is published / Then it is given up, by its code
    client = Answering(*["ThrottlingException"] * 9)
    with pytest.raises(UndeliveredError, match=r"#1 was not delivered: ThrottlingException$"):
        published(client)
    assert client.asked == 4


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("NotAuthorizedForSourceException", UndeliveredError),  # somebody may allow it yet
        ("MalformedDetail", UndeliverableError),
        ("InvalidArgument", UndeliverableError),
    ],
)
def test_what_is_never_taken_is_not_tried_again(code: str, error: type[Exception]) -> None:
    # Given a bus that does not take the event / When it is published / Then once is enough
    client = Answering(code, None)
    with pytest.raises(error, match=code):
        published(client)
    assert client.asked == 1


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalFailure", "AccessDeniedException"]
)
def test_a_call_that_fails_is_told_by_its_code_alone(aws_environment: None, code: str) -> None:
    # Given a bus that refuses the call
    client = boto3.client("events", config=ONE_TRY)
    with Stubber(client) as stubbed:
        stubbed.add_client_error("put_events", code, "a text that may hold anything", 500)
        # When an event is published / Then the error names event and code, and not the text
        with pytest.raises(UndeliveredError) as raised:
            EventBridgeBus(lambda: client, BUS, "dev").publish(created())
    assert str(raised.value) == f"event {ticket().id}#1 was not delivered: {code}"


def test_no_answer_is_a_failure_like_any_other() -> None:
    # Given a bus that does not answer
    class Silent:
        def put_events(self, **_: Any) -> object:
            raise ReadTimeoutError(endpoint_url="https://events.us-east-1.amazonaws.com")

    # When an event is published / Then the error says how it failed
    with pytest.raises(UndeliveredError, match=r"ReadTimeoutError$"):
        EventBridgeBus(Silent, BUS, "dev").publish(created())  # type: ignore[arg-type]
