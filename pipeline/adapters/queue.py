"""An SQS queue whose messages are looked at, held while they are worked on, and taken out.

A message that was received is hidden from everybody else for as long as it is held. Whatever is
still held in the end is given back at once; where that is not possible, it comes back by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from codegen.errors import BatonError
from pipeline.adapters.aws import code_of, explained

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

AT_ONCE = 10  # the most that one call of SQS takes or gives
# Long polling asks all of SQS's servers: only then is an empty answer an empty queue.
WAIT_S = 1
NO_QUEUE = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}
# What SQS says where a message is not held any more.
LOST = {"ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue"}


@dataclass(frozen=True)
class Message:
    """A message that was received.

    Parameters
    ----------
    id:
        The same as often as it is received.
    body:
        Its text.
    sent_at:
        When it came into the queue.
    attributes:
        What its sender has added, by name.
    receipt:
        By which this receiver holds it.
    """

    id: str
    body: str
    sent_at: datetime
    attributes: dict[str, str] = field(default_factory=dict)
    receipt: str = ""


class Queue:
    """One queue, reached with an environment's profile.

    Parameters
    ----------
    session:
        Has the environment's profile and region.
    environment:
        Whose queue it is, for messages.
    name:
        The queue's name.
    """

    def __init__(self, session: boto3.Session, environment: Environment, name: str) -> None:
        self.environment = environment
        self.name = name
        self._sqs = session.client("sqs")
        self._url = ""
        self._held: dict[str, Message] = {}

    def in_flight(self) -> int:
        """About how many messages are held, by whomever."""
        with self._explained("count the messages of"):
            answer = self._sqs.get_queue_attributes(
                QueueUrl=self._find(), AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"])

    @contextmanager
    def held(self, seconds: int) -> Iterator[list[Message]]:
        """Receive all messages and hold them; those still held in the end are given back.

        Parameters
        ----------
        seconds:
            For how long each is hidden, unless `hold` says so again.

        Raises
        ------
        BatonError
            There is no such queue, or SQS cannot be asked.
        """
        try:
            with self._explained("receive the messages of"):
                self._receive(seconds)
            yield list(self._held.values())
        finally:
            self.release(list(self._held.values()))

    def hold(self, message: Message, seconds: int) -> bool:
        """Hide a message from now on for so long; False where it is not held any more."""
        with self._explained("hold a message of"):
            try:
                self._sqs.change_message_visibility(
                    QueueUrl=self._find(), ReceiptHandle=message.receipt, VisibilityTimeout=seconds
                )
            except ClientError as error:
                if code_of(error).rpartition(".")[2] in LOST:
                    self._held.pop(message.id, None)
                    return False
                raise
        return True

    def release(self, messages: Iterable[Message]) -> None:
        """Give messages back, so that anybody receives them again."""
        left = iter([message for message in messages if self._held.pop(message.id, None)])
        while some := list(islice(left, AT_ONCE)):
            # what cannot be given back comes back when it has been held long enough
            with suppress(BatonError), self._explained("give back messages of"):
                self._sqs.change_message_visibility_batch(
                    QueueUrl=self._find(),
                    Entries=[
                        {"Id": str(i), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                        for i, each in enumerate(some)
                    ],
                )

    def delete(self, message: Message) -> None:
        """Take a message out of the queue for good."""
        with self._explained("delete a message of"):
            self._sqs.delete_message(QueueUrl=self._find(), ReceiptHandle=message.receipt)
        self._held.pop(message.id, None)

    def _receive(self, seconds: int) -> None:
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=self._find(),
                MaxNumberOfMessages=AT_ONCE,
                VisibilityTimeout=seconds,
                WaitTimeSeconds=WAIT_S,
                MessageSystemAttributeNames=["SentTimestamp"],
                MessageAttributeNames=["All"],
            )
            received = {each["MessageId"]: _message(each) for each in answer.get("Messages", [])}
            is_new = bool(received.keys() - self._held.keys())
            self._held |= received
            if not is_new:  # none, or those of before, whose time is over
                return

    def _find(self) -> str:
        if not self._url:
            self._url = self._sqs.get_queue_url(QueueName=self.name)["QueueUrl"]
        return self._url

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        with explained(self.environment, f"{doing} the queue {self.name}"):
            try:
                yield
            except ClientError as error:
                if code_of(error) not in NO_QUEUE:
                    raise
                raise BatonError(
                    f"{self.environment.name}: the queue {self.name} is not there, though the "
                    "stack was given its name",
                    f"./baton promote {self.environment.name}",
                ) from error


def _message(received: Any) -> Message:
    attributes = received.get("MessageAttributes", {})
    sent = int(received["Attributes"]["SentTimestamp"]) / 1000
    return Message(
        id=received["MessageId"],
        body=received["Body"],
        sent_at=datetime.fromtimestamp(sent, UTC),
        attributes={name: each.get("StringValue", "") for name, each in attributes.items()},
        receipt=received["ReceiptHandle"],
    )
