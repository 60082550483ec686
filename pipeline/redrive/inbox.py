"""The event inbox: the queue in which domain events wait for another service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from codegen.errors import BatonError
from pipeline.adapters.aws import code_of, explained
from pipeline.adapters.invocation import Answer
from pipeline.adapters.queue import NO_QUEUE

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment


class Inbox:
    """The inbox of one environment.

    Parameters
    ----------
    session:
        Has the environment's profile and region.
    environment:
        Whose inbox it is, for messages.
    url:
        The queue's address.
    """

    def __init__(self, session: boto3.Session, environment: Environment, url: str) -> None:
        self.url = url
        self._environment = environment
        self._sqs = session.client("sqs")

    def put(self, body: str) -> Answer:
        """Put a message in, to the letter.

        Raises
        ------
        BatonError
            The queue is not there, or SQS does not take it.
        """
        name = self._environment.name
        with explained(self._environment, f"send to the queue {self.url}"):
            try:
                self._sqs.send_message(QueueUrl=self.url, MessageBody=body)
            except ClientError as error:
                if code_of(error) not in NO_QUEUE:
                    raise
                raise BatonError(
                    f"{name}: the queue {self.url} is not there, though the stack names it",
                    f"./baton promote {name}",
                ) from error
        return Answer()
