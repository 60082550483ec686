"""What the messages of the two dead-letter queues say. Pure.

Lambda's on-failure message of a stream has no records in it, only where they were. The schedule's
queue gets events themselves: from Lambda those that the function failed at, from EventBridge those
that it could not deliver, to function or event inbox; each with its own attributes beside.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from pipeline.adapters.queue import Message
from pipeline.redrive.entries import DomainEvent, Entry, GivenUpBatch, MissedEvent, StrangeMessage

KEPT_S = 24 * 3600  # how long a stream keeps its records
SCHEDULED = "aws.events", "Scheduled Event"
NUMBER = r"^\d{21,40}$"  # the only sequence numbers that the stream's API takes
LONGEST = 80  # of what somebody else wrote about an error


class _Context(BaseModel):
    condition: str
    invocations: int = Field(0, alias="approximateInvokeCount")


class _Response(BaseModel):
    error: str = Field("", alias="functionError")


class _Batch(BaseModel):
    shard: str = Field(alias="shardId")
    first: str = Field(alias="startSequenceNumber", pattern=NUMBER)
    last: str = Field(alias="endSequenceNumber", pattern=NUMBER)
    arrived_at: datetime = Field(alias="approximateArrivalOfFirstRecord")
    size: int = Field(alias="batchSize")
    stream: str = Field(alias="streamArn")


class _OnFailure(BaseModel):
    request: _Context = Field(alias="requestContext")
    # Lambda leaves it out where the function was not called at all, as with records too old
    response: _Response | None = Field(None, alias="responseContext")
    batch: _Batch = Field(alias="DDBStreamBatchInfo")


def of_stream(message: Message, now: datetime) -> Entry:
    """What a message of the stream's queue stands for.

    Parameters
    ----------
    message:
        The message.
    now:
        By which the records' age is told.
    """
    try:
        said = _OnFailure.model_validate_json(message.body)
    except ValidationError:
        return _strange(message, "stream", "no on-failure message of Lambda's")
    batch = said.batch
    reason = f"{said.request.condition} after {said.request.invocations} invocations"
    if (now - batch.arrived_at).total_seconds() > KEPT_S:
        reason += "; the stream no longer has the records"
    return GivenUpBatch(
        id=message.id,
        since=message.sent_at,
        records=batch.size,
        reason=reason,
        message=message,
        stream=batch.stream,
        shard=batch.shard,
        first=batch.first,
        last=batch.last,
        arrived_at=batch.arrived_at.isoformat(),
    )


def of_schedule(message: Message, environment: str) -> Entry:
    """What a message of the schedule's queue stands for.

    Parameters
    ----------
    message:
        The message.
    environment:
        The environment's name, which its domain events name as their source.
    """
    event = parsed(message.body)
    if not isinstance(event, dict) or not event.get("time"):
        return _strange(message, "schedule", "no event")
    if event.get("source") == f"desk.{environment}":
        return _domain_event(message, event)
    if (event.get("source"), event.get("detail-type")) != SCHEDULED:
        return _strange(message, "schedule", "no scheduled event, and none of the desk's own")
    resources = event.get("resources") or ["?"]
    rule = str(resources[0]).rpartition("/")[2]
    return MissedEvent(
        id=message.id,
        since=message.sent_at,
        records=1,
        reason=f"{rule} of {event['time']}: {_error(message.attributes)}",
        message=message,
        event=event,
    )


def _domain_event(message: Message, event: dict[str, Any]) -> Entry:
    return DomainEvent(
        id=message.id,
        since=message.sent_at,
        records=1,
        reason=f"{event.get('detail-type')} of {event['time']}: {_error(message.attributes)}",
        message=message,
    )


def parsed(body: str) -> Any:
    """The message as JSON; its text where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return body


def _error(attributes: dict[str, str]) -> str:
    """Why, as EventBridge (ERROR_CODE) or Lambda (ErrorMessage) says it."""
    code = attributes.get("ERROR_CODE") or attributes.get("ErrorCode")
    text = attributes.get("ERROR_MESSAGE") or attributes.get("ErrorMessage")
    said = " ".join(": ".join(each for each in (code, text) if each).split())
    return said[:LONGEST] or "no reason given"


def _strange(message: Message, queue: Literal["stream", "schedule"], what: str) -> Entry:
    return StrangeMessage(
        id=message.id,
        since=message.sent_at,
        records=0,
        reason=f"in the {queue}'s dead-letter queue, but {what}",
        message=message,
        queue=queue,
    )
