"""How notifications go to SNS: in which calls, and what becomes of those it does not take."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import ANY, Stubber

from desk.adapters.topic import MAX_BYTES, SnsNotifier, batches, message
from desk.domain.errors import UndeliverableError, UndeliveredError
from desk.domain.event import Event, EventType, of_change
from desk.domain.notifying import Notification
from desk.runtime import clients
from desk.runtime.retries import Retries
from tests.service.samples import ticket

ONE_TRY = Config(retries={"total_max_attempts": 1})
TOPIC = "arn:aws:sns:us-east-1:123456789012:desk-test-notifications"


def created() -> Event:
    return of_change(EventType.CREATED, None, ticket())


def told(event: Event, *watchers: str) -> list[Notification]:
    return [Notification(event, watcher) for watcher in watchers]


@pytest.mark.parametrize("code", ["Throttled", "InternalError", "AuthorizationError", "NotFound"])
def test_a_refusal_is_told_by_its_code_alone(aws_environment: None, code: str) -> None:
    # Given a topic that refuses the call
    client = boto3.client("sns", config=ONE_TRY)
    with Stubber(client) as stubbed:
        stubbed.add_client_error("publish_batch", code, "a text that may hold anything")
        # When a watcher is told / Then the error names event and code, and not the text
        with pytest.raises(UndeliveredError) as raised:
            SnsNotifier(lambda: client, TOPIC).notify(told(created(), "ann"))
    assert str(raised.value) == f"event {ticket().id}#1 was not delivered: {code}"


def test_no_answer_is_a_failure_like_any_other() -> None:
    # Given a topic that cannot be reached
    class Unreachable:
        def publish_batch(self, **_: Any) -> object:
            raise ConnectTimeoutError(endpoint_url="https://sns.us-east-1.amazonaws.com")

    # When a watcher is told / Then the error says how it failed
    with pytest.raises(UndeliveredError, match=r"ConnectTimeoutError$"):
        SnsNotifier(Unreachable, TOPIC).notify(told(created(), "ann"))  # type: ignore[arg-type]


class Answering:
    """An SNS that answers as it is told, call by call, and remembers what it was asked."""

    def __init__(self, *answers: dict[str, str]) -> None:
        self.answers = list(answers)  # watcher → why it is refused
        self.asked: list[list[str]] = []
        self.ids: list[list[str]] = []

    def publish_batch(self, **request: Any) -> dict[str, Any]:
        refused = self.answers.pop(0) if self.answers else {}
        by_id = {
            each["Id"]: json.loads(each["Message"])["watcher"]
            for each in request["PublishBatchRequestEntries"]
        }
        self.asked.append(list(by_id.values()))
        self.ids.append(list(by_id))
        return {
            "Successful": [{"Id": each} for each in by_id if by_id[each] not in refused],
            "Failed": [
                {
                    "Id": each,
                    "Code": refused[by_id[each]].removesuffix("!"),
                    "SenderFault": refused[by_id[each]].endswith("!"),
                }
                for each in by_id
                if refused.get(by_id[each])
            ],
        }


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def retries(slept: list[float]) -> Retries:
    return Retries(sleep=slept.append, dice=lambda: 0.5)


def sent(client: Answering, retries: Retries, *watchers: str) -> None:
    SnsNotifier(lambda: client, TOPIC, retries).notify(  # type: ignore[arg-type,return-value]
        told(created(), *watchers)
    )


@pytest.mark.parametrize("code", ["InternalError", "Throttled", "ThrottlingException!", ""])
def test_only_what_was_not_taken_is_sent_again(
    retries: Retries, slept: list[float], code: str
) -> None:
    # Given a topic that does not take one message of three at first, or says nothing of it
    client = Answering({"bob": code}, {"bob": code})
    # When three are told
    sent(client, retries, "ann", "bob", "cid")
    # Then that one alone is sent again, after pauses that grow
    assert client.asked == [["ann", "bob", "cid"], ["bob"], ["bob"]]
    assert slept == [0.05, 0.1]


def test_what_is_never_taken_is_given_up_in_the_end(retries: Retries, slept: list[float]) -> None:
    # Given a topic that is busy / When a watcher is told / Then trying again has an end
    client = Answering(*[{"ann": "InternalError"}] * 9)
    with pytest.raises(UndeliveredError, match="InternalError"):
        sent(client, retries, "ann")
    assert len(client.asked) == 4
    assert len(slept) == 3


def test_what_can_never_be_taken_is_not_sent_again(retries: Retries, slept: list[float]) -> None:
    # Given a topic that one message is not valid for, and that is busy for another
    client = Answering({"ann": "InvalidParameter!", "bob": "InternalError"})
    # When they are told / Then the first is given up for good, by its code, and the other one told
    with pytest.raises(UndeliverableError, match=r"InvalidParameter$"):
        sent(client, retries, "ann", "bob")
    assert client.asked == [["ann", "bob"], ["bob"]]


def test_while_one_may_still_be_told_the_event_is_tried_again(retries: Retries) -> None:
    # Given a topic that one message is not valid for, and that stays busy for another
    client = Answering({"ann": "InvalidParameter!", "bob": "Busy"}, *[{"bob": "Busy"}] * 9)
    # When they are told / Then the event may still be delivered in part, and waits
    with pytest.raises(UndeliveredError, match=r"Busy$"):
        sent(client, retries, "ann", "bob")


def test_one_who_cannot_be_told_keeps_nobody_from_hearing(retries: Retries) -> None:
    # Given more watchers than go into a call, of whom the first cannot be told
    users = [f"user-{number}" for number in range(12)]
    client = Answering({users[0]: "InvalidParameter!"})
    # When they are told / Then those of the second call are told all the same
    with pytest.raises(UndeliverableError):
        sent(client, retries, *users)
    assert client.asked == [users[:10], users[10:]]


def test_ids_of_entries_are_valid_whoever_watches(retries: Retries) -> None:
    # Given watchers whose names no id may hold / When they are told
    client = Answering({"b" * 100: "InternalError"})
    sent(client, retries, "ann@example.com", "b" * 100, "ö#☃")
    # Then ids are unique in their call, short, and of letters that SNS allows
    assert client.ids == [["0", "1", "2"], ["0"]]


def test_a_call_is_no_larger_than_allowed() -> None:
    # Given watchers with names so long that three fill a call
    size = MAX_BYTES // 3
    base = len(message(told(created(), "")[0]).text)
    name = (size - base) // 4  # twice in the message, twice in the attributes
    made = [message(each) for each in told(created(), *(letter * name for letter in "abcdefg"))]
    # When they are put into calls / Then none is larger than SNS allows, and none is left out
    calls = list(batches(made))
    assert [len(call) for call in calls] == [2, 2, 2, 1]
    assert [each for call in calls for each in call] == made


def test_names_beyond_ascii_are_counted_by_their_bytes() -> None:
    # Given names that are three times as long in bytes / When they are put into calls
    made = [message(each) for each in told(created(), *("☃" * 5000 + str(n) for n in range(10)))]
    # Then a call takes fewer of them: six bytes a letter in JSON, three in an attribute, twice each
    calls = list(batches(made))
    assert [len(call) for call in calls] == [2, 2, 2, 2, 2]


def test_the_request_names_topic_and_attributes(aws_environment: None) -> None:
    # Given SNS as botocore knows it, which checks what it is asked
    client = boto3.client("sns")
    with Stubber(client) as stubbed:
        stubbed.add_response(
            "publish_batch",
            {"Successful": [{"Id": "0", "MessageId": "m"}], "Failed": []},
            {
                "TopicArn": TOPIC,
                "PublishBatchRequestEntries": [
                    {
                        "Id": "0",
                        "Message": ANY,
                        "MessageAttributes": {
                            "type": {"DataType": "String", "StringValue": "TicketCreated"},
                            "team": {"DataType": "String", "StringValue": "ops"},
                            "watcher": {"DataType": "String", "StringValue": "ann"},
                            "notification_id": {
                                "DataType": "String",
                                "StringValue": f"{ticket().id}#1#ann",
                            },
                        },
                    }
                ],
            },
        )
        # When a watcher is told / Then the request is this
        SnsNotifier(lambda: client, TOPIC).notify(told(created(), "ann"))
        stubbed.assert_no_pending_responses()


def test_the_clients_time_outs_end_well_within_the_processors(aws_environment: None) -> None:
    # Given the client as the function makes it / When its worst case is added up
    config = clients.sns().meta.config
    worst = config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout)
    # Then the record can still be reported: the processor has a minute
    assert worst == 14


def test_pauses_have_an_end_and_are_never_the_same_for_all() -> None:
    # Given the pauses / When they are the longest / Then all together are under a second
    assert sum(Retries(dice=lambda: 1.0).pauses()) == pytest.approx(0.7)
    # And they are a matter of chance
    assert len({tuple(Retries().pauses()) for _ in range(20)}) == 20
