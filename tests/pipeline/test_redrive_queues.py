"""Messages that redrive holds, takes out or gives back; on moto."""

from __future__ import annotations

import boto3
import pytest

from codegen.errors import BatonError
from pipeline.adapters.queue import Queue
from pipeline.redrive.dead_letters import MissedEvents
from pipeline.redrive.inbox import Inbox
from tests.pipeline.builders import environment
from tests.pipeline.redriving import (
    QUEUE,
    send,
    tick,
    visible,
)

pytestmark = pytest.mark.usefixtures("_no_wait")

DEV = environment("dev")


def test_messages_are_hidden_while_they_are_held_and_given_back(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    # Given more messages than one call takes
    send(session, url, *range(23))

    # When, Then all are held, and in the end all are back at once
    with queue.held(600) as messages:
        assert sorted(int(each.body) for each in messages) == list(range(23))
        assert (visible(session, url), queue.in_flight()) == (0, 23)
    assert (visible(session, url), queue.in_flight()) == (23, 0)


def test_messages_come_back_however_the_run_ends(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    send(session, url, 1)

    with pytest.raises(KeyboardInterrupt), queue.held(600):
        raise KeyboardInterrupt

    assert visible(session, url) == 1


def test_a_deleted_message_is_gone_and_a_released_one_is_back(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    send(session, url, 1, 2, 3)

    with queue.held(600) as messages:
        queue.delete(messages[0])
        queue.release([messages[1]])
        assert (visible(session, url), queue.in_flight()) == (1, 1)

    assert visible(session, url) == 2


def test_a_message_that_somebody_else_has_is_not_held_any_more(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    # Given a message that was held for too long, and that somebody else has taken out
    send(session, url, 1)
    with queue.held(600) as (message,):
        session.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message.receipt)

        # When, Then
        assert not queue.hold(message, 600)


def test_a_queue_that_is_gone_is_said_to_be(session: boto3.Session) -> None:
    with (
        pytest.raises(BatonError, match="the queue gone is not there") as raised,
        Queue(session, DEV, "gone").held(1),
    ):
        pass

    assert raised.value.remedy == "./baton promote dev"


def test_two_redrives_at_once_share_no_message(
    session: boto3.Session, queue: Queue, url: str
) -> None:
    # Given one that holds all messages
    send(session, url, tick())
    with queue.held(600) as (message,):
        # When another looks
        other = MissedEvents(Queue(session, DEV, QUEUE), "scheduled:live", "https://sqs/inbox")
        with other.entries(600) as entries:
            # Then it gets none, and says so
            assert (entries, other.others()) == ([], 1)

        # And what comes meanwhile is left for later, not lost
        send(session, url, tick())
        assert queue.hold(message, 600)


def test_what_goes_into_the_inbox_goes_as_it_was_written(session: boto3.Session, url: str) -> None:
    # Given an event, to the letter / When it is put into the inbox / Then it is there so
    body = '{"source":"desk.dev",  "n": 1.0, "detail": {"name": "Jos\\u00e9"}}'
    Inbox(session, DEV, url).put(body)

    (message,) = session.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == body


def test_an_inbox_that_is_gone_ends_the_run(session: boto3.Session, url: str) -> None:
    session.client("sqs").delete_queue(QueueUrl=url)

    with pytest.raises(BatonError, match="is not there, though the stack names it"):
        Inbox(session, DEV, url).put("{}")
