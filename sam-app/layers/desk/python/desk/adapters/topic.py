"""Notifications through an SNS topic (`desk.ports.Notifier`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from desk.domain.errors import NotNotifiedError
from desk.domain.event import Event
from desk.notify import message

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class SnsNotifier:
    """Announces each event to the subscribers of a topic.

    Parameters
    ----------
    client:
        An SNS client.
    topic_arn:
        The topic.
    """

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def notify(self, event: Event) -> None:
        """See `desk.ports.Notifier.notify`."""
        try:
            self._client.publish(
                TopicArn=self._topic_arn,
                Message=message.body(event),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in message.attributes(event).items()
                },
            )
        except ClientError as error:
            raise NotNotifiedError(event.id, error.response["Error"]["Code"]) from error
        except BotoCoreError as error:  # no answer at all: it has a kind and no code
            raise NotNotifiedError(event.id, type(error).__name__) from error
