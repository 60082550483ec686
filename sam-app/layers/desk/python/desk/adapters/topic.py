"""Notifications through an SNS topic (`desk.ports.processing.Notifier`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.adapters.refusals import Refusal, failure, send
from desk.domain.errors import UndeliveredError
from desk.domain.notifying import Notification, document
from desk.runtime.aws_errors import CALL_FAILED, code_of
from desk.runtime.retries import Retries

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import (
        BatchResultErrorEntryTypeDef,
        PublishBatchRequestEntryTypeDef,
    )

MAX_ENTRIES = 10
MAX_BYTES = 256 * 1024  # of all messages of a call together, their attributes included
DATA_TYPE = "String"  # of every attribute


@dataclass(frozen=True)
class Message:
    """What one of those who are told is sent.

    Parameters
    ----------
    text:
        JSON.
    attributes:
        Texts that subscriptions filter by.
    """

    text: str
    attributes: Mapping[str, str]

    @property
    def size(self) -> int:
        """What SNS counts of it, in bytes."""
        texts = [self.text]
        for name, value in self.attributes.items():
            texts += [name, DATA_TYPE, value]
        return sum(len(text.encode()) for text in texts)


class SnsNotifier:
    """Sends each notification as a message of its own to a topic.

    Parameters
    ----------
    client:
        Gives the SNS client; asked for it only when there is somebody to be told.
    topic_arn:
        The topic.
    retries:
        How messages that SNS did not take are sent again.
    """

    def __init__(
        self, client: Callable[[], SNSClient], topic_arn: str, retries: Retries | None = None
    ) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._retries = retries or Retries()

    def notify(self, notifications: Sequence[Notification]) -> None:
        """See `desk.ports.processing.Notifier.notify`."""
        given_up: list[Refusal] = []
        try:
            for batch in batches([message(each) for each in notifications]):
                given_up += send(batch, self._publish, self._retries)
        except CALL_FAILED as error:
            raise UndeliveredError(notifications[0].event.id, code_of(error)) from error
        if given_up:
            raise failure(notifications[0].event.id, given_up)

    def _publish(self, messages: Sequence[Message]) -> list[Refusal | None]:
        # an id says which entry is meant within its call, and nothing beyond
        entries = [_entry(str(number), each) for number, each in enumerate(messages)]
        answer = self._client().publish_batch(
            TopicArn=self._topic_arn, PublishBatchRequestEntries=entries
        )
        taken = {entry.get("Id") for entry in answer.get("Successful", [])}
        failed = {entry["Id"]: entry for entry in answer.get("Failed", [])}
        return [
            None if entry["Id"] in taken else _refusal(failed.get(entry["Id"])) for entry in entries
        ]


def message(notification: Notification) -> Message:
    """The message: what outsiders get to know of the event, and who is told."""
    event = notification.event
    told = {"watcher": notification.watcher, "notification_id": notification.id}
    attributes = {"type": event.type.value, "team": event.team, **told}
    return Message(json.dumps(document(event) | told), attributes)


def batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """The messages in as few calls as SNS allows, in their order."""
    batch: list[Message] = []
    total = 0
    for each in messages:
        if batch and (len(batch) == MAX_ENTRIES or total + each.size > MAX_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(each)
        total += each.size
    if batch:
        yield batch


def _entry(number: str, message: Message) -> PublishBatchRequestEntryTypeDef:
    return {
        "Id": number,
        "Message": message.text,
        "MessageAttributes": {
            name: {"DataType": DATA_TYPE, "StringValue": value}
            for name, value in message.attributes.items()
        },
    }


def _refusal(failed: BatchResultErrorEntryTypeDef | None) -> Refusal:
    if failed is None:  # neither taken nor refused: it may be either
        return Refusal("NoAnswer", passing=True)
    # too much at once is the sender's fault too, and passes
    throttled = "throttl" in failed["Code"].lower()
    return Refusal(failed["Code"], passing=throttled or not failed["SenderFault"])
